using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace ModelApi.Health;

/// <summary>The server itself.</summary>
/// <param name="Message">A greeting.</param>
/// <param name="Name">The product.</param>
/// <param name="Version">The product's version.</param>
/// <param name="UptimeSeconds">Seconds since the process started.</param>
/// <param name="Docs">Path of the documentation.</param>
internal sealed record AliveReply(string Message, string Name, string Version, double UptimeSeconds, string Docs);

/// <summary>The outcome of some health checks.</summary>
/// <param name="Status">The worst status of them; degraded still counts as ready.</param>
/// <param name="Checks">The checks.</param>
internal sealed record HealthReply(HealthStatus Status, IReadOnlyList<CheckReply> Checks);

/// <summary>The outcome of one health check.</summary>
/// <param name="Name">What was checked.</param>
/// <param name="Status">The outcome.</param>
/// <param name="Description">The outcome in a sentence.</param>
/// <param name="Data">Details, such as how many versions are ready.</param>
internal sealed record CheckReply(string Name, HealthStatus Status, string? Description, IReadOnlyDictionary<string, object> Data);
