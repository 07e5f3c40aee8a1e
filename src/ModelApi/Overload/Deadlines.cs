using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Microsoft.Extensions.ObjectPool;
using Microsoft.Extensions.Options;
using ModelApi.Errors;
using ModelApi.Limits;

namespace ModelApi.Overload;

/// <summary>Starts the deadline of each prediction: the configured one, or an earlier one that the request asks for.</summary>
internal sealed class Deadlines(IOptions<LimitsOptions> limits)
{
    /// <summary>The header in which a client says how many seconds it will wait.</summary>
    public const string Header = "Request-Timeout";

    private const int MostKept = 256;

    private readonly double _longest = limits.Value.RequestTimeoutSeconds;
    // Not the provider's own pool: that would dispose of what it does not keep, which here means to give it back.
    private readonly ObjectPool<Deadline> _pool = new DefaultObjectPool<Deadline>(new DefaultPooledObjectPolicy<Deadline>(), MostKept);

    /// <summary>Starts the deadline of a request; disposed of, it is used for another.</summary>
    /// <param name="context">The request.</param>
    /// <param name="deadline">The deadline, running.</param>
    /// <param name="problem">What is wrong with the header.</param>
    public bool TryStart(HttpContext context, [NotNullWhen(true)] out Deadline? deadline, [NotNullWhen(false)] out Problem? problem)
    {
        deadline = null;
        problem = null;
        var seconds = _longest;
        if (context.Request.Headers.TryGetValue(Header, out var values))
        {
            if (values is not [{ } value] || !TryRead(value, out var asked))
            {
                problem = Problems.InvalidHeader(Header, "a number of seconds greater than 0, such as 2.5");
                return false;
            }

            seconds = Math.Min(asked, _longest);
        }

        deadline = _pool.Get();
        deadline.Start(_pool, seconds, context.RequestAborted);
        return true;
    }

    // Digits with or without a point: no sign, no exponent, no blanks inside, no infinity.
    private static bool TryRead(string text, out double seconds) =>
        double.TryParse(text, NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out seconds)
        && seconds > 0 && double.IsFinite(seconds);
}
