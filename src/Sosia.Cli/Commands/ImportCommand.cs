using System.CommandLine;
using Sosia.Learning.Training;
using Sosia.Reports;
using Sosia.Video;
using Sosia.Video.Packs;

namespace Sosia.Cli.Commands;

/// <summary>`sosia import FILE --as KIND`: makes a published checkpoint a model.</summary>
internal static class ImportCommand
{
    public static Command Create(GlobalOptions globals)
    {
        var file = new Argument<string>("file") { Description = "a checkpoint: .pth (PyTorch 1.6 or newer) or .safetensors" };
        var kind = new Option<string>("--as") { Description = $"whose it is: {string.Join(", ", ImportedModels.Kinds)}", HelpName = "KIND", Required = true };
        var name = new Option<string?>("--name") { Description = "what the model will be called [default: the name of the file]", HelpName = "NAME" };
        var background = new Option<string?>("--background")
        {
            Description = "a pack of unrelated videos (`sosia pack`): half of them whiten the model's vectors, and the thresholds are measured on the others; without it an encoder that was not made for copies finds too much",
            HelpName = "PACK",
        };
        var command = new Command("import", "Make a published checkpoint a model that a library can be made with.") { file, kind, name, background };
        Help.Examples(
            command,
            "sosia import best_model_base_224_16x16_rgb.pth --as 3d-csl --name 3d-csl-published",
            "sosia import dinov2_vits14_reg4_pretrain.pth --as dinov2 --background videos.pack");
        command.SetAction(parsed =>
        {
            using var videos = parsed.GetValue(background) is { } pack ? Opened(pack) : null;
            var imported = ImportedModels.Import(parsed.GetRequiredValue(file), parsed.GetRequiredValue(kind), parsed.GetValue(name), videos);
            if (globals.Json(parsed))
            {
                StandardOutput.Json(stream => JsonReport.Write(stream, imported));
                return ExitCode.Done;
            }

            Tell("resized", imported.Report.Resized);
            Tell("not used", imported.Report.LeftOut);
            Tell("unknown", imported.Report.Unknown);
            Console.Out.WriteLine($"{imported.Model}: {imported.Report.Loaded.Count} entries, in {Printable.Text(imported.Path)}; use it with `sosia add --model {imported.Model}`");
            return ExitCode.Done;
        });
        return command;
    }

    private static Dataset Opened(string pack)
    {
        if (!Pack.Is(pack))
        {
            throw new UsageException($"--background {Printable.Text(pack)} is no pack: make one of a folder of videos by `sosia pack FOLDER --out {Printable.Text(pack)}`");
        }

        if (Pack.SettingsOf(pack).Format == PackFormat.Jpeg)
        {
            TurboJpegSetup.Prepare();
        }

        try
        {
            return Dataset.Open([pack], ImportedModels.HeldOutShare);
        }
        catch (RecipeException)
        {
            throw new UsageException($"--background {Printable.Text(pack)} holds too few videos to tell what unrelated ones look like: take a hundred or more");
        }
    }

    private static void Tell(string what, IReadOnlyList<string> names)
    {
        if (names.Count > 0)
        {
            Console.Error.WriteLine($"{what}: {Printable.Text(string.Join(", ", names))}");
        }
    }
}
