using System.Runtime.InteropServices;

namespace ModelApi.Inference.Bundles;

/// <summary>Tells regular files from pipes, devices and sockets without opening them: opening a pipe waits for its writer.</summary>
internal static partial class FileKind
{
    private const int CurrentFolder = -100;
    private const uint TypeAndMode = 3;
    private const int TypeBits = 0xF000;
    private const int Regular = 0x8000;

    /// <param name="path">A path that exists.</param>
    /// <returns>True also where the system cannot tell; reading is bounded anyway.</returns>
    public static bool IsRegular(string path)
    {
        // .NET does not say it. The layout of statx is the kernel's own and the same on each processor, unlike that of stat.
        if (!OperatingSystem.IsLinux())
        {
            return (File.GetAttributes(path) & (FileAttributes.Directory | FileAttributes.Device)) == 0;
        }

        return Stat(CurrentFolder, path, 0, TypeAndMode, out var status) != 0 || (status.Mode & TypeBits) == Regular;
    }

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Stat(int folder, string path, int flags, uint mask, out Status status);

    /// <summary>struct statx, see https://man7.org/linux/man-pages/man2/statx.2.html.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    private struct Status
    {
        [FieldOffset(28)]
        public ushort Mode;
    }
}
