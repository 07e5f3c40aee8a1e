using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Microsoft.ML.OnnxRuntime;

/// <summary>Keeps ONNX Runtime from reporting usage, which it does from Linux unless told not to.</summary>
public static partial class OnnxRuntimeTelemetry
{
    /// <summary>The variable that ONNX Runtime reads, once, when its environment is created.</summary>
    public const string Variable = "ORT_DISABLE_TELEMETRY";

    /// <summary>Sets <see cref="Variable"/> for this process; to be called before ONNX Runtime's environment exists.</summary>
    public static void Disable()
    {
        Environment.SetEnvironmentVariable(Variable, "1");

        // .NET keeps its own copy of the environment on Unix; native code reads the C library's.
        if (!OperatingSystem.IsWindows() && SetEnv(Variable, "1", overwrite: 1) != 0)
        {
            throw new InvalidOperationException($"The environment variable {Variable} could not be set.");
        }
    }

    /// <summary>The value that native code sees, or null.</summary>
    public static string? NativeValue =>
        OperatingSystem.IsWindows() ? Environment.GetEnvironmentVariable(Variable) : Marshal.PtrToStringUTF8(GetEnv(Variable));

    // Runs before the first use of any type of this assembly, the binding's own included.
#pragma warning disable CA2255 // A library may use a module initializer: here it must come before whatever the caller does first.
    [ModuleInitializer]
    internal static void DisableBeforeFirstUse() => Disable();
#pragma warning restore CA2255

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetEnv(string name, string value, int overwrite);

    [LibraryImport("libc", EntryPoint = "getenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial IntPtr GetEnv(string name);
}
