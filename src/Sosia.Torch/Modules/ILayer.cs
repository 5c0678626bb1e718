namespace Sosia.Torch;

/// <summary>What takes one tensor and gives one: a step of a <see cref="Sequential"/>.</summary>
public interface ILayer
{
    /// <summary>Computes the output.</summary>
    Tensor Forward(Tensor input);
}
