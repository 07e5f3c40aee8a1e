using MlNetTraining;

if (args is ["matrix", "--out", var folder])
{
    Matrix.WriteTo(folder);
    return 0;
}

if (Arguments.TryParse(args) is not { } arguments)
{
    Console.Error.WriteLine("Usage: dotnet run -- bank|wine --data PATH [--out FOLDER] [--models FOLDER] [--version NUMBER]");
    Console.Error.WriteLine("       dotnet run -- matrix --out FOLDER");
    return 2;
}

var trained = arguments.Model == "bank" ? BankModel.Train(arguments) : WineModel.Train(arguments);
trained.WriteTo(arguments.Out);
return arguments.Models is null ? 0 : trained.Pack(arguments);
