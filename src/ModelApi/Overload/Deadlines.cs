using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Microsoft.Extensions.Options;
using ModelApi.Errors;
using ModelApi.Inference.Pooling;
using ModelApi.Limits;

namespace ModelApi.Overload;

/// <summary>Starts the deadline of each prediction: the configured one, or an earlier one that the request asks for.</summary>
internal sealed class Deadlines(IOptions<LimitsOptions> limits) : IDisposable
{
    /// <summary>The header in which a client says how many seconds it will wait.</summary>
    public const string Header = "Request-Timeout";

    private const int KeptPerCore = 64;
    private const NumberStyles Digits = NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite;

    private readonly double _longest = limits.Value.RequestTimeoutSeconds;
    private readonly CorePool<Deadline> _pool = new(() => new Deadline(), KeptPerCore, deadline => deadline.TryReset());

    /// <summary>Starts the deadline of a request; give it back with <see cref="End"/>.</summary>
    /// <param name="context">The request.</param>
    /// <param name="deadline">The deadline, running.</param>
    /// <param name="failure">What is wrong with the header.</param>
    public bool TryStart(
        HttpContext context, [NotNullWhen(true)] out Deadline? deadline, [NotNullWhen(false)] out PredictionFailure? failure)
    {
        deadline = null;
        failure = null;
        var seconds = _longest;
        if (context.Request.Headers.TryGetValue(Header, out var values))
        {
            if (values is not [{ } value] || !TryRead(value, out var asked))
            {
                failure = Failures.InvalidHeader(Header, "a number of seconds greater than 0, such as 2.5");
                return false;
            }

            seconds = Math.Min(asked, _longest);
        }

        deadline = _pool.Rent();
        deadline.Start(seconds, context.RequestAborted);
        return true;
    }

    /// <summary>Takes a deadline back. Its token must not be used any more.</summary>
    public void End(Deadline deadline) => _pool.Return(deadline);

    public void Dispose() => _pool.Dispose();

    // Digits with or without a point: no sign, no exponent, no blanks inside, no infinity.
    private static bool TryRead(string text, out double seconds) =>
        double.TryParse(text, Digits, CultureInfo.InvariantCulture, out seconds)
        && seconds > 0 && double.IsFinite(seconds);
}
