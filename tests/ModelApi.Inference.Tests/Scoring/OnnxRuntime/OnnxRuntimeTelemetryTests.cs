using System.Runtime.InteropServices;
using System.Runtime.Loader;
using ModelApi.Inference.Scoring.OnnxRuntime;

namespace ModelApi.Inference.Tests.Scoring.OnnxRuntime;

/// <summary>The end-to-end tests prove that a server neither sends nor stores anything.</summary>
public sealed partial class OnnxRuntimeTelemetryTests
{
    [Fact]
    public void The_first_use_of_the_library_turns_telemetry_off()
    {
        // ONNX Runtime has read the variable once its environment exists, so that changing it here turns nothing on.
        OnnxRuntimeEnvironment.EnsureCreated(threads: 1);
        SetNative(OnnxRuntimeTelemetry.Variable, "0");
        Assert.Equal("0", OnnxRuntimeTelemetry.NativeValue);

        // A second copy of the library, used for the first time.
        var copy = new AssemblyLoadContext(nameof(OnnxRuntimeTelemetryTests), isCollectible: true);
        var telemetry = copy.LoadFromAssemblyPath(typeof(OnnxRuntimeTelemetry).Assembly.Location)
            .GetType(typeof(OnnxRuntimeTelemetry).FullName!, throwOnError: true)!;
        var value = telemetry.GetProperty(nameof(OnnxRuntimeTelemetry.NativeValue))!.GetValue(null);
        copy.Unload();

        Assert.NotSame(typeof(OnnxRuntimeTelemetry), telemetry);
        Assert.Equal("1", value);
    }

    private static void SetNative(string name, string value)
    {
        if (OperatingSystem.IsWindows())
        {
            Environment.SetEnvironmentVariable(name, value);
        }
        else
        {
            Assert.Equal(0, SetEnv(name, value, overwrite: 1));
        }
    }

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetEnv(string name, string value, int overwrite);
}
