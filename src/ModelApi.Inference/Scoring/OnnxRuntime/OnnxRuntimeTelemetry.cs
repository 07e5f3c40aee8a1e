using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace ModelApi.Inference.Scoring.OnnxRuntime;

/// <summary>Turns off the usage telemetry of ONNX Runtime, which is on by default, on Linux too.</summary>
internal static partial class OnnxRuntimeTelemetry
{
    /// <summary>The environment variable that ONNX Runtime reads once, when its environment is created.</summary>
    public const string Variable = "ORT_DISABLE_TELEMETRY";

    /// <summary>The value that native code sees, or null.</summary>
    public static string? NativeValue =>
        OperatingSystem.IsWindows() ? Environment.GetEnvironmentVariable(Variable) : Marshal.PtrToStringUTF8(GetEnv(Variable));

    // Runs before the first use of any type of this assembly, and so before this assembly can create the environment.
#pragma warning disable CA2255 // A library may use a module initializer: this one must come before the caller's first call.
    [ModuleInitializer]
    internal static void Disable()
#pragma warning restore CA2255
    {
        Environment.SetEnvironmentVariable(Variable, "1");

        // On Unix .NET keeps its own copy of the environment; native code reads the C library's.
        if (!OperatingSystem.IsWindows() && SetEnv(Variable, "1", overwrite: 1) != 0)
        {
            throw new InvalidOperationException($"The environment variable {Variable} could not be set.");
        }
    }

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetEnv(string name, string value, int overwrite);

    [LibraryImport("libc", EntryPoint = "getenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial IntPtr GetEnv(string name);
}
