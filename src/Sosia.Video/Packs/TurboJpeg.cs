using System.Runtime.InteropServices;

namespace Sosia.Video.Packs;

/// <summary>libturbojpeg, which is loaded when the first JPEG frame is read or written.</summary>
public static unsafe partial class TurboJpeg
{
    /// <summary>RGB bytes, TJPF_RGB.</summary>
    internal const int Rgb = 0;

    /// <summary>Colour at half resolution, TJSAMP_420.</summary>
    internal const int Subsampling420 = 2;

    /// <summary>TJFLAG_ACCURATEDCT: the same bytes on every machine.</summary>
    internal const int Accurate = 4096;

    /// <summary>TJFLAG_NOREALLOC: the buffer is ours.</summary>
    internal const int CallersBuffer = 1024;

    /// <summary>TJFLAG_STOPONWARNING and TJFLAG_LIMITSCANS: damaged data is refused, and so is data made to cost time.</summary>
    internal const int Strict = 8192 | 32768;

    private const string Library = "libturbojpeg.so.0";

    /// <summary>Whether it is installed.</summary>
    public static bool IsAvailable => NativeLibrary.TryLoad(Library, typeof(TurboJpeg).Assembly, DllImportSearchPath.SafeDirectories, out _);

    /// <exception cref="PackException">It is not installed.</exception>
    internal static void Require()
    {
        if (!IsAvailable)
        {
            throw new PackException(
                PackFault.LibraryMissing,
                "frames are stored as JPEG here, and that needs libturbojpeg (Debian, Ubuntu: sudo apt-get install libturbojpeg0; Fedora: turbojpeg; Arch: libjpeg-turbo), or a pack made with --format raw");
        }
    }

    /// <summary>What went wrong in the last call with a handle.</summary>
    internal static string Error(TurboJpegHandle handle) => Marshal.PtrToStringUTF8(ErrorText(handle)) ?? "unknown error";

    [LibraryImport(Library, EntryPoint = "tjInitDecompress")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    internal static partial TurboJpegHandle StartDecoder();

    [LibraryImport(Library, EntryPoint = "tjInitCompress")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    internal static partial TurboJpegHandle StartEncoder();

    [LibraryImport(Library, EntryPoint = "tjDecompressHeader3")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    internal static partial int ReadHeader(TurboJpegHandle handle, byte* jpeg, nuint bytes, out int width, out int height, out int subsampling, out int colours);

    [LibraryImport(Library, EntryPoint = "tjDecompress2")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    internal static partial int Decode(TurboJpegHandle handle, byte* jpeg, nuint bytes, byte* rgb, int width, int pitch, int height, int format, int flags);

    [LibraryImport(Library, EntryPoint = "tjCompress2")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    internal static partial int Encode(
        TurboJpegHandle handle, byte* rgb, int width, int pitch, int height, int format, byte** jpeg, nuint* bytes, int subsampling, int quality, int flags);

    [LibraryImport(Library, EntryPoint = "tjBufSize")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    internal static partial nuint MostBytes(int width, int height, int subsampling);

    [LibraryImport(Library, EntryPoint = "tjDestroy")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    internal static partial int End(nint handle);

    [LibraryImport(Library, EntryPoint = "tjGetErrorStr2")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial nint ErrorText(TurboJpegHandle handle);
}

/// <summary>An encoder or decoder of libturbojpeg; used by one thread at a time, and not freed while it is at work.</summary>
internal sealed class TurboJpegHandle() : SafeHandle(0, ownsHandle: true)
{
    public override bool IsInvalid => handle == 0;

    protected override bool ReleaseHandle() => TurboJpeg.End(handle) == 0;
}

/// <summary>Decodes single frames; for one thread.</summary>
internal sealed unsafe class JpegDecoder : IDisposable
{
    private readonly TurboJpegHandle handle = TurboJpeg.StartDecoder();

    /// <summary>Decodes a JPEG file, whatever is in it.</summary>
    /// <param name="jpeg">The file.</param>
    /// <param name="width">Pixels that it must have.</param>
    /// <param name="height">Pixels that it must have.</param>
    /// <param name="rgb">Height x width x 3; filled.</param>
    /// <returns>What is wrong with it; null: nothing.</returns>
    public string? Decode(ReadOnlySpan<byte> jpeg, int width, int height, Span<byte> rgb)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(rgb.Length, checked(width * height * 3));
        fixed (byte* source = jpeg, target = rgb)
        {
            if (TurboJpeg.ReadHeader(handle, source, (nuint)jpeg.Length, out var w, out var h, out _, out _) != 0)
            {
                return TurboJpeg.Error(handle);
            }

            // The library writes as many rows as the file says: never more than there is room for.
            if (w != width || h != height)
            {
                return $"it is {w} x {h} pixels and not {width} x {height}";
            }

            return TurboJpeg.Decode(handle, source, (nuint)jpeg.Length, target, width, width * 3, height, TurboJpeg.Rgb, TurboJpeg.Accurate | TurboJpeg.Strict) == 0
                ? null
                : TurboJpeg.Error(handle);
        }
    }

    public void Dispose() => handle.Dispose();
}

/// <summary>Encodes frames of one size; for one thread.</summary>
internal sealed unsafe class JpegEncoder(int width, int height, int quality) : IDisposable
{
    private readonly TurboJpegHandle handle = TurboJpeg.StartEncoder();
    private readonly byte[] buffer = new byte[checked((int)TurboJpeg.MostBytes(width, height, TurboJpeg.Subsampling420))];

    /// <summary>A JPEG file of a frame.</summary>
    /// <param name="rgb">Height x width x 3.</param>
    /// <returns>Valid until the next call.</returns>
    public ReadOnlySpan<byte> Encode(ReadOnlySpan<byte> rgb)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(rgb.Length, width * height * 3);
        fixed (byte* source = rgb, target = buffer)
        {
            var start = target;
            var bytes = (nuint)buffer.Length;
            const int flags = TurboJpeg.CallersBuffer | TurboJpeg.Accurate;
            if (TurboJpeg.Encode(handle, source, width, width * 3, height, TurboJpeg.Rgb, &start, &bytes, TurboJpeg.Subsampling420, quality, flags) != 0)
            {
                throw new InvalidOperationException($"libturbojpeg cannot encode {width} x {height} pixels: {TurboJpeg.Error(handle)}");
            }

            return buffer.AsSpan(0, (int)bytes);
        }
    }

    public void Dispose() => handle.Dispose();
}
