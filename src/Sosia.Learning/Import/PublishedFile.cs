using Sosia.Torch;
using Sosia.Torch.Checkpoints;

namespace Sosia.Learning.Import;

/// <summary>A checkpoint as it was published, in either form.</summary>
internal static class PublishedFile
{
    /// <summary>Its tensors, out of what they are wrapped in.</summary>
    /// <param name="path">Of PyTorch's zip form, or safetensors.</param>
    /// <exception cref="CheckpointException">It cannot be read.</exception>
    public static List<(string Name, Tensor Tensor)> State(string path)
    {
        if (Path.GetExtension(path).Equals(".safetensors", StringComparison.OrdinalIgnoreCase))
        {
            using var safetensors = Safetensors.Read(path);
            return [.. safetensors.Tensors.Tensors.Select(stored => (stored.Name, stored.ToTensor()))];
        }

        using var pickled = PthFile.Read(path);
        return [.. pickled.Flatten(pickled.Unwrap()).Tensors.Select(stored => (stored.Name, stored.ToTensor()))];
    }
}
