using MlNetTraining;

if (Arguments.TryParse(args) is not { } arguments)
{
    Console.Error.WriteLine("Usage: dotnet run -- bank|wine --data PATH [--out FOLDER] [--models FOLDER] [--version NUMBER]");
    return 2;
}

var trained = arguments.Model == "bank" ? BankModel.Train(arguments) : WineModel.Train(arguments);
trained.WriteTo(arguments.Out);
return arguments.Models is null ? 0 : trained.Pack(arguments);
