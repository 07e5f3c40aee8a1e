using System.Text.Json;
using System.Text.Json.Serialization;

namespace Echo;

/// <summary>Reads and writes a row with code that was made at compile time.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(BankRow))]
internal sealed partial class EchoJson : JsonSerializerContext;
