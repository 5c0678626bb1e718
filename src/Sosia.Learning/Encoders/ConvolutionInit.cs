using Sosia.Torch;

namespace Sosia.Learning.Encoders;

/// <summary>Starting values of convolutional encoders. Norms start at 1 and 0.</summary>
internal static class ConvolutionInit
{
    /// <summary>Residual networks (He et al. 2015): normal with deviation sqrt(2 / fan out), biases 0.</summary>
    public static void HeNormal(Module network, Generator? generator) => Each<Conv3d>(network, convolution =>
    {
        Init.KaimingNormalFanOut(convolution.Weight, generator);
        Zero(convolution.Bias);
    });

    /// <summary>The same of networks for pictures.</summary>
    public static void HeNormal2d(Module network, Generator? generator) => Each<Conv2d>(network, convolution =>
    {
        Init.KaimingNormalFanOut(convolution.Weight, generator);
        Zero(convolution.Bias);
    });

    /// <summary>CoCLR's S3D: normal with one deviation, biases 0.</summary>
    public static void Normal(Module network, double deviation, Generator? generator) => Each<Conv3d>(network, convolution =>
    {
        Init.Normal(convolution.Weight, 0, deviation, generator);
        Zero(convolution.Bias);
    });

    /// <summary>PyTorch's: uniform within 1 / sqrt(fan in), biases too.</summary>
    public static void FanIn(Module network, Generator? generator) => Each<Conv3d>(network, convolution => FanIn(convolution.Weight, convolution.Bias, generator));

    /// <summary>Linear layers as torchvision's video networks start them: normal with deviation 0.01, biases 0.</summary>
    public static void NormalLinear(Module network, Generator? generator) => Each<Linear>(network, linear =>
    {
        Init.Normal(linear.Weight, 0, 0.01, generator);
        Zero(linear.Bias);
    });

    /// <summary>Linear layers as PyTorch starts them.</summary>
    public static void FanInLinear(Module network, Generator? generator) => Each<Linear>(network, linear => FanIn(linear.Weight, linear.Bias, generator));

    private static void FanIn(Tensor weight, Tensor? bias, Generator? generator)
    {
        var fanIn = weight.Count / weight.Size(0);
        Init.FanIn(weight, fanIn, generator);
        if (bias is not null)
        {
            Init.FanIn(bias, fanIn, generator);
        }
    }

    private static void Zero(Tensor? bias)
    {
        if (bias is not null)
        {
            Init.Constant(bias, 0);
        }
    }

    private static void Each<T>(Module network, Action<T> draw)
        where T : Module
    {
        foreach (var layer in network.NamedModules().Select(part => part.Module).OfType<T>())
        {
            draw(layer);
        }
    }
}
