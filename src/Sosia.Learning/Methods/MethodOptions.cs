using System.Text.Json.Serialization;
using Sosia.Learning.Encoders;
using Sosia.Learning.Training;

namespace Sosia.Learning.Methods;

/// <summary>What a recipe says of a stage's method; its <c>name</c> says which.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "name")]
[JsonDerivedType(typeof(PredMaeOptions), "predmae")]
[JsonDerivedType(typeof(ThreeDCslOptions), "3d-csl")]
[JsonDerivedType(typeof(CopiesOptions), "copies")]
[JsonDerivedType(typeof(MocoOptions), "moco")]
[JsonDerivedType(typeof(FameOptions), "fame")]
[JsonDerivedType(typeof(SlicOptions), "slic")]
[JsonDerivedType(typeof(CarlOptions), "carl")]
[JsonDerivedType(typeof(SvtOptions), "svt")]
[JsonDerivedType(typeof(MvdOptions), "mvd")]
public abstract record MethodOptions
{
    /// <summary>Why it cannot be trained with so many samples at a time; null: it can.</summary>
    /// <param name="samples">Of all processes together.</param>
    public virtual string? Fault(int samples) => null;

    /// <summary>The same without files of other networks: for a method whose encoder alone is wanted.</summary>
    [JsonIgnore]
    public virtual MethodOptions WithoutFiles => this;

    /// <summary>The method with these options.</summary>
    /// <param name="encoder">Makes an encoder: one is trained and becomes a part of the method, others follow it where the method wants that.</param>
    /// <param name="world">The processes that train together.</param>
    /// <exception cref="RecipeException">The options cannot be, or the encoder does not fit the method.</exception>
    public abstract Method Build(Func<Encoder> encoder, World world);
}
