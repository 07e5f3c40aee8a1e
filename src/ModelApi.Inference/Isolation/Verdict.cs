using System.Text.Json;
using ModelApi.Inference.Bundles;
using ModelApi.Inference.Scoring;

namespace ModelApi.Inference.Isolation;

/// <summary>The verdict of a proving process as it passes through its standard output: one JSON object.</summary>
internal static class Verdict
{
    public static byte[] Write(Proof proof)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            json.WriteString("digest", proof.Digest);
            json.WritePropertyName("golden");
            JsonSerializer.Serialize(json, proof.Golden);
            json.WriteString("engine", proof.Engine);
            json.WriteNumber("faultCount", proof.FaultCount);
            json.WriteStartArray("faults");
            foreach (var fault in proof.Faults)
            {
                json.WriteStartArray();
                json.WriteStringValue(fault.File);
                json.WriteStringValue(fault.Path);
                json.WriteStringValue(fault.Message);
                json.WriteEndArray();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return stream.ToArray();
    }

    /// <returns>Null when the bytes are no verdict.</returns>
    public static Proof? TryRead(ReadOnlyMemory<byte> output)
    {
        try
        {
            using var document = JsonDocument.Parse(output);
            var root = document.RootElement;
            BundleFault[] faults = [.. root.GetProperty("faults").EnumerateArray()
                .Select(fault => new BundleFault(fault[0].GetString()!, fault[1].GetString()!, fault[2].GetString()!))];
            var digest = root.GetProperty("digest").GetString();
            return faults.Length > 0 == (digest is null)
                ? new Proof
                {
                    IsVerdict = true,
                    Faults = faults,
                    FaultCount = root.GetProperty("faultCount").GetInt64(),
                    Digest = digest,
                    Golden = root.GetProperty("golden").Deserialize<GoldenReport>(),
                    Engine = root.GetProperty("engine").GetString(),
                }
                : null;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or KeyNotFoundException
            or FormatException or IndexOutOfRangeException)
        {
            return null;
        }
    }
}
