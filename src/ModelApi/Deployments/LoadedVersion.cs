using System.Threading.Channels;
using ModelApi.Inference.Registry;

namespace ModelApi.Deployments;

/// <summary>Waits for versions that are being proved and loaded.</summary>
internal static class LoadedVersion
{
    /// <summary>Waits until a version is neither being proved nor loaded any more.</summary>
    /// <param name="registry">The registry, which lists the version.</param>
    /// <param name="model">The model's name.</param>
    /// <param name="version">The version's number.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The version; null when it was deleted.</returns>
    public static async Task<ModelVersion?> WaitAsync(
        ModelRegistry registry, string model, string version, CancellationToken cancellationToken)
    {
        var changes = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
        registry.Published += Signal;
        try
        {
            while (true)
            {
                var found = registry.Snapshot.Find(model)?.Find(version);
                if (found is not { IsPending: true })
                {
                    return found;
                }

                await changes.Reader.ReadAsync(cancellationToken);
            }
        }
        finally
        {
            registry.Published -= Signal;
        }

        void Signal() => changes.Writer.TryWrite(true);
    }
}
