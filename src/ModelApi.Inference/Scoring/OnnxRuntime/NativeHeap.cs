using System.Runtime.InteropServices;

namespace ModelApi.Inference.Scoring.OnnxRuntime;

/// <summary>The C library's heap, in which ONNX Runtime holds its graphs.</summary>
public static partial class NativeHeap
{
    /// <summary>
    /// Returns free memory to the operating system where the C library is glibc, which keeps freed memory: loading a graph takes
    /// several times the memory of the loaded graph.
    /// </summary>
    public static void ReturnFreeMemory()
    {
        if (OperatingSystem.IsLinux()
            && NativeLibrary.TryLoad("libc.so.6", out var libc)
            && NativeLibrary.TryGetExport(libc, "malloc_trim", out _))
        {
            _ = MallocTrim(0);
        }
    }

    [LibraryImport("libc.so.6", EntryPoint = "malloc_trim")]
    private static partial int MallocTrim(nuint pad);
}
