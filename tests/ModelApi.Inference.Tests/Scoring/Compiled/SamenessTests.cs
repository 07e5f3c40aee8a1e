using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using ModelApi.Inference.Tests.Scoring.Compiled.Generated;
using Xunit.Abstractions;

namespace ModelApi.Inference.Tests.Scoring.Compiled;

/// <summary>Holds the compiled engine to ONNX Runtime on models that FsCheck makes up.</summary>
/// <remarks>
/// <c>MODELAPI_SAMENESS_MODELS</c> and <c>MODELAPI_SAMENESS_SEED</c> in the environment ask for another number of models and for
/// other models; a failure prints the seed and the smallest model that still fails.
/// </remarks>
public sealed class SamenessTests(ITestOutputHelper output)
{
    private const int Models = 3000;
    private const ulong Seed = 20261121;

    // What ONNX Runtime itself leaves to chance, or to the last digit: nothing else may be left to it.
    private static readonly string[] Open =
    [
        "LinearClassifier has a post transform that depends on the last digit of a score",
        "LinearRegressor has a post transform that depends on the last digit of a score",
        "it has another number of base values than of classes",
        "it has leaves without a weight, which may leave a row without a class",
        "it has the post transform PROBIT and one score for two classes",
    ];

    [Fact]
    public void Generated_models_get_the_answers_of_ONNX_Runtime()
    {
        var models = Number("MODELAPI_SAMENESS_MODELS") is { } count ? (int)count : Models;
        var seed = Number("MODELAPI_SAMENESS_SEED") ?? Seed;
        var refused = new Dictionary<string, int>();

        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(models).WithReplay(seed, 1),
            Prop.ForAll(SpecimenGenerator.Arbitrary, specimen =>
            {
                var difference = Sameness.FindDifference(specimen, out var reason);
                if (reason is not null)
                {
                    refused[reason] = refused.GetValueOrDefault(reason) + 1;
                }

                return (difference is null).Label(difference ?? "");
            }));

        output.WriteLine(
            $"Seed {seed}: {models - refused.Values.Sum()} models compiled and the same, {refused.Values.Sum()} left to ONNX Runtime.");
        foreach (var (reason, times) in refused.OrderByDescending(pair => pair.Value))
        {
            output.WriteLine($"{times,6} {reason}");
        }

        Assert.Empty(refused.Keys.Except(Open));
        Assert.InRange(models - refused.Values.Sum(), models * 9 / 10, models);
    }

    private static ulong? Number(string variable) =>
        Environment.GetEnvironmentVariable(variable) is { Length: > 0 } text ? ulong.Parse(text, CultureInfo.InvariantCulture) : null;
}
