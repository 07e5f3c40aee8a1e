using Microsoft.ML.OnnxRuntime;

namespace OnnxRuntime.Tests;

public sealed class TelemetryTests
{
    /// <summary>
    /// .NET keeps a copy of the environment of its own on Unix, so this reads what native code reads. That a server really
    /// sends and stores nothing is held by the end-to-end tests.
    /// </summary>
    [Fact]
    public void The_first_use_of_the_binding_turns_telemetry_off_before_the_environment_exists()
    {
        var isCreated = OrtEnv.IsCreated;

        Assert.False(isCreated);
        Assert.Equal("1", OnnxRuntimeTelemetry.NativeValue);
    }
}
