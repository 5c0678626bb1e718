using System.Globalization;
using Sosia.Torch;

namespace Sosia.Learning.Encoders;

/// <summary>
/// MobileNetV2 of width 1.0 (Sandler et al. 2018, 1801.04381, table 2) with torchvision's names, as Keras Applications trains it: input RGB in [-1, 1],
/// stride-2 convolutions pad one row below and one column right, norms add 1e-3 to the variance. Without the classifier.
/// </summary>
public sealed class MobileNetV2 : Module
{
    /// <summary>Stages of inverted residuals: expansion, channels out, blocks, stride of the first.</summary>
    private static readonly (int Expansion, int Channels, int Blocks, int Stride)[] Stages =
        [(1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1)];

    private const double NormEps = 1e-3;

    private readonly ConvNormRelu stem;
    private readonly List<InvertedResidual> blocks = [];
    private readonly ConvNormRelu? head;

    /// <summary>With random weights.</summary>
    /// <param name="last">The last feature that is needed, 1 to 18: later ones are left out.</param>
    /// <param name="expandOnly">Whether of the last feature only its expansion (<c>features.N.conv.0</c>) is needed.</param>
    /// <param name="folded">Whether its norms are folded into the convolutions, which have biases then: see <see cref="Folded"/>.</param>
    public MobileNetV2(int last = 18, bool expandOnly = false, bool folded = false)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(last, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(last, 18);
        stem = Part("features.0", new ConvNormRelu(3, 32, 3, stride: 2, folded: folded));
        var channels = 32;
        foreach (var (expansion, output, count, stride) in Stages)
        {
            for (var i = 0; i < count && blocks.Count < last; i++)
            {
                var feature = blocks.Count + 1;
                blocks.Add(Part($"features.{feature}", new InvertedResidual(channels, output, expansion, i == 0 ? stride : 1, expandOnly && feature == last, folded)));
                channels = output;
            }
        }

        head = last < 18 ? null : Part("features.18", new ConvNormRelu(320, 1280, 1, stride: 1, folded: folded));
    }

    /// <summary>A state whose norms, with the statistics that they have, are folded into the convolutions before them: one step less in use, and nothing that training could upset.</summary>
    /// <param name="state">Of this network, with norms.</param>
    /// <returns>Weights and biases of the convolutions.</returns>
    public static IReadOnlyList<(string Name, Tensor Tensor)> Folded(IEnumerable<(string Name, Tensor Tensor)> state)
    {
        var found = state.ToDictionary(entry => entry.Name, entry => entry.Tensor.To(ScalarType.Float32), StringComparer.Ordinal);
        return [.. found.Keys.Where(name => name.EndsWith(".running_var", StringComparison.Ordinal)).SelectMany(name => Fold(name[..^".running_var".Length]))];

        (string Name, Tensor Tensor)[] Fold(string norm)
        {
            var gain = found[$"{norm}.weight"] * (found[$"{norm}.running_var"] + NormEps).Rsqrt();
            var convolution = Before(norm);
            return
            [
                ($"{convolution}.weight", found[$"{convolution}.weight"] * gain.View([-1, 1, 1, 1])),
                ($"{convolution}.bias", found[$"{norm}.bias"] - (found[$"{norm}.running_mean"] * gain)),
            ];
        }
    }

    // A norm stands right after its convolution: features.0.1 after features.0.0.
    private static string Before(string norm)
    {
        var dot = norm.LastIndexOf('.') + 1;
        return norm[..dot] + (int.Parse(norm[dot..], CultureInfo.InvariantCulture) - 1).ToString(CultureInfo.InvariantCulture);
    }

    /// <summary>Some feature maps of a batch of pictures.</summary>
    /// <param name="input">B x 3 x H x W, RGB in [-1, 1].</param>
    /// <param name="levels"><c>features.0</c> to <c>features.18</c>, or <c>features.N.conv.0</c> for the expansion inside a block (after its ReLU6).</param>
    /// <returns>One map a level, B x C x h x w, in the order asked for.</returns>
    /// <exception cref="ArgumentException">A level that this network has not.</exception>
    public Tensor[] Forward(Tensor input, IReadOnlyList<string> levels)
    {
        var found = new Dictionary<string, Tensor>(StringComparer.Ordinal);
        var x = Found("features.0", stem.Forward(input));
        foreach (var (index, block) in blocks.Index())
        {
            var expanded = Found($"features.{index + 1}.conv.0", block.Expand(x));
            if (block.IsExpansionOnly)
            {
                break;
            }

            var next = Found($"features.{index + 1}", block.Project(expanded, x));
            Free(expanded);
            Free(x);
            x = next;
        }

        if (head is not null)
        {
            Free(Found("features.18", head.Forward(x)));
        }

        Free(x);
        return [.. levels.Select(level => found.TryGetValue(level, out var map) ? map : throw new ArgumentException($"this network has no level {level}", nameof(levels)))];

        Tensor Found(string level, Tensor map)
        {
            if (levels.Contains(level, StringComparer.Ordinal))
            {
                found[level] = map;
            }

            return map;
        }

        // A batch of maps that nobody asked for is tens of megabytes.
        void Free(Tensor map)
        {
            if (!found.ContainsValue(map))
            {
                map.Dispose();
            }
        }
    }

    // A convolution without bias, its norm, ReLU6.
    private sealed class ConvNormRelu : Module
    {
        private readonly int stride;
        private readonly Conv2d convolution;
        private readonly BatchNorm? norm;

        public ConvNormRelu(int inputs, int outputs, int kernel, int stride, int groups = 1, bool folded = false)
        {
            this.stride = stride;
            long[] padding = stride == 2 ? [0] : [kernel / 2];
            convolution = Part("0", new Conv2d(inputs, outputs, [kernel], [stride], padding, groups, bias: folded));
            norm = folded ? null : Part("1", new BatchNorm(outputs, NormEps));
        }

        public Tensor Forward(Tensor input)
        {
            using var scope = TensorScope.Enter();
            var padded = stride == 2 ? input.ConstantPadNd([0, 1, 0, 1], 0) : input;
            var y = convolution.Forward(padded);
            return scope.Keep((norm?.Forward(y) ?? y).ClampInPlace(0, 6));
        }
    }

    // Expand (1x1), filter each channel (3x3), project (1x1, linear); the input is added where shapes agree (figure 4).
    private sealed class InvertedResidual : Module
    {
        private readonly ConvNormRelu? expand;
        private readonly ConvNormRelu? depthwise;
        private readonly Conv2d? project;
        private readonly BatchNorm? norm;
        private readonly bool isResidual;

        public InvertedResidual(int inputs, int outputs, int expansion, int stride, bool expandOnly, bool folded)
        {
            var hidden = inputs * expansion;
            isResidual = stride == 1 && inputs == outputs;
            IsExpansionOnly = expandOnly;
            var at = 0;
            if (expansion != 1)
            {
                expand = Part($"conv.{at++}", new ConvNormRelu(inputs, hidden, 1, stride: 1, folded: folded));
            }

            if (expandOnly)
            {
                return;
            }

            depthwise = Part($"conv.{at++}", new ConvNormRelu(hidden, hidden, 3, stride, groups: hidden, folded: folded));
            project = Part($"conv.{at++}", new Conv2d(hidden, outputs, [1], bias: folded));
            norm = folded ? null : Part($"conv.{at}", new BatchNorm(outputs, NormEps));
        }

        public bool IsExpansionOnly { get; }

        // In a block without expansion, conv.0 is the filter.
        public Tensor Expand(Tensor x) => (expand ?? depthwise)!.Forward(x);

        public Tensor Project(Tensor expanded, Tensor x)
        {
            using var scope = TensorScope.Enter();
            var projected = project!.Forward(expand is null ? expanded : depthwise!.Forward(expanded));
            var y = norm?.Forward(projected) ?? projected;
            return scope.Keep(isResidual ? y + x : y);
        }
    }
}
