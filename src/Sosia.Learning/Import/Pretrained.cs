using Sosia.Learning.Encoders;
using Sosia.Learning.Training;
using Sosia.Torch;
using Sosia.Torch.Checkpoints;

namespace Sosia.Learning.Import;

/// <summary>Networks from the files that their authors published: teachers, and what a training starts from.</summary>
internal static class Pretrained
{
    /// <summary>Starts a divided TimeSformer as an image ViT, in all but time (SVT, Ranasinghe et al. 2022, issue 19 of its code).</summary>
    /// <param name="network">Its temporal parts keep their starting values.</param>
    /// <param name="file">Of PyTorch, or safetensors, under timm's names: DINO's are.</param>
    /// <exception cref="RecipeException">The file cannot be read, or holds another network.</exception>
    public static void Start(VideoTransformer network, string file) =>
        Read(file, "image ViT", state => Importer.Load(network, PublishedNames.Timm(state), Importer.FreshOfVideo(network.Shape)));

    /// <summary>MVD's image teacher: the encoder of an MAE, with positions for the student's grid.</summary>
    /// <param name="file">Of PyTorch, or safetensors.</param>
    /// <param name="student">Whose grid it is to have.</param>
    /// <exception cref="RecipeException">The file cannot be read, or holds another network.</exception>
    public static VisionTransformer Mae(string file, VideoMaeShape student) => Read(file, "MAE", state =>
    {
        var grid = student.Side / student.Patch;
        var published = PublishedNames.MvdImageTeacher(state, grid, grid);
        var network = new VisionTransformer(PublishedShapes.VisionTransformer(published));
        Importer.Load(network, published);
        return network;
    });

    /// <summary>MVD's video teacher: the encoder of a VideoMAE.</summary>
    /// <param name="file">Of PyTorch, or safetensors.</param>
    /// <exception cref="RecipeException">The file cannot be read, or holds another network.</exception>
    public static VideoMae VideoMae(string file) => Read(file, "VideoMAE", state =>
    {
        var published = PublishedNames.VideoMaePretraining(state, norm: true);
        var network = new VideoMae(PublishedShapes.VideoMae(published) with { Pooling = VideoMaePooling.MeanOfNormalised });
        Importer.Load(network, published);
        return network;
    });

    private static T Read<T>(string file, string what, Func<IEnumerable<(string Name, Tensor Tensor)>, T> make)
    {
        using var scope = TensorScope.Enter();
        try
        {
            return make(PublishedFile.State(file));
        }
        catch (Exception error) when (error is CheckpointException or ArgumentException or StateMismatchException or IOException)
        {
            throw new RecipeException($"{file} cannot be read as a pre-trained {what}: {error.Message}", error);
        }
    }
}
