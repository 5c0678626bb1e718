using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Sosia.Torch;
using Sosia.Torch.Checkpoints;

namespace Sosia.Evaluating;

/// <summary>
/// What an encoder made of videos, kept: <c>FOLDER/features/KEY/VIDEO.safetensors</c>, one file a video, so that what is done stays when the rest is
/// stopped. The key is of the encoder and of the clips it was shown, the name of the video's path, size and time of change.
/// </summary>
internal sealed class FeatureCache
{
    private const int KeyDigits = 16;
    private const int NameDigits = 32;

    private readonly string? folder;
    private readonly Dictionary<string, string> about;

    /// <summary>Makes the folder when there is something to keep.</summary>
    /// <param name="cache">Null: nothing is kept.</param>
    /// <param name="encoder">Changes with its weights.</param>
    /// <param name="sampling">Which frames and which parts of them, in words.</param>
    public FeatureCache(string? cache, string encoder, string sampling)
    {
        about = new Dictionary<string, string>(StringComparer.Ordinal) { ["sosia.kind"] = "features", ["encoder"] = encoder, ["sampling"] = sampling };
        folder = cache is null ? null : Path.Combine(cache, "features", Hash($"{encoder}\n{sampling}")[..KeyDigits]);
    }

    /// <summary>Whether the features of a file as it is now are there.</summary>
    public bool Contains(string video) => folder is not null && File.Exists(PathOf(video));

    /// <summary>The features of a video that is there.</summary>
    /// <exception cref="CheckpointException">The file is broken.</exception>
    public IReadOnlyDictionary<string, Tensor> Read(string video)
    {
        using var file = Safetensors.Read(PathOf(video));
        return file.Tensors.Tensors.ToDictionary(stored => stored.Name, stored => stored.ToTensor(), StringComparer.Ordinal);
    }

    /// <summary>Keeps the features of a video.</summary>
    /// <exception cref="CheckpointException">They cannot be written.</exception>
    public void Write(string video, params IEnumerable<(string Name, Tensor Tensor)> features)
    {
        if (folder is not null)
        {
            Directory.CreateDirectory(folder);
            Safetensors.Write(PathOf(video), features.Select(one => one.Tensor.ToStored(one.Name)), about);
        }
    }

    private string PathOf(string video)
    {
        var file = new FileInfo(video);
        file = file.ResolveLinkTarget(returnFinalTarget: true) as FileInfo ?? file;
        return Path.Combine(folder!, $"{Hash(string.Create(CultureInfo.InvariantCulture, $"{file.FullName}\n{file.Length}\n{file.LastWriteTimeUtc.Ticks}"))[..NameDigits]}.safetensors");
    }

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
