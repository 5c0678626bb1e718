namespace Sosia.Torch;

/// <summary>The kind of a device, with libtorch's numbers.</summary>
public enum DeviceType
{
    /// <summary>The processor.</summary>
    Cpu = 0,

    /// <summary>An NVIDIA GPU.</summary>
    Cuda = 1,

    /// <summary>No memory at all: shapes only.</summary>
    Meta = 14,
}

/// <summary>Where a tensor lies.</summary>
/// <param name="Type">Kind of device.</param>
/// <param name="Index">Which of its kind; -1 is the current one.</param>
public readonly record struct Device(DeviceType Type, int Index = -1)
{
    /// <summary>The processor.</summary>
    public static Device Cpu => new(DeviceType.Cpu);

    /// <summary>A GPU.</summary>
    public static Device Cuda(int index = 0) => new(DeviceType.Cuda, index);

    /// <summary>As PyTorch writes it: <c>cpu</c>, <c>cuda:0</c>.</summary>
    public override string ToString() => Type.ToString().ToLowerInvariant() + (Index < 0 ? "" : $":{Index}");
}
