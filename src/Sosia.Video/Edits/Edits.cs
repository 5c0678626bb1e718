using static Sosia.Video.EditGroup;

namespace Sosia.Video;

/// <summary>The edits that copies undergo on their way through the world: one table, each an ffmpeg filter with drawn parameters.</summary>
public static class Edits
{
    /// <summary>Every edit: its name, what it does, and what is drawn from which range. docs/edits.md holds the same table.</summary>
    public static IReadOnlyList<Edit> All { get; } =
    [
        Edit.One("reencode", Encoding, "encoded again, visibly the same", "H.264 at a constant rate factor of 24 to 30", EncodingEdits.Reencode),
        Edit.One("lowrate", Encoding, "encoded at a very low bit rate", "constant rate factor of 36 to 44", EncodingEdits.LowRate),
        Edit.One("blur", Encoding, "out of focus", "Gaussian of 1.5 to 4 pixels", EncodingEdits.Blur),
        Edit.One("sharpen", Encoding, "sharpened too much", "unsharp mask of 5 x 5 pixels, 1 to 2.5 times", EncodingEdits.Sharpen),
        Edit.One("noise", Encoding, "grain that changes with every frame", "strength of 15 to 40 of 255", EncodingEdits.Noise),
        Edit.One("scale", Geometry, "another size, at times another aspect", "0.4, 0.5, 0.66 or 1.5 times; half of them 0.75 or 1.33 times as wide besides", GeometryEdits.Scale),
        Edit.One("aspect", Geometry, "stretched in width", "0.6, 0.7, 0.8, 1.25, 1.4 or 1.6 times", GeometryEdits.Aspect),
        Edit.One("crop", Geometry, "a window of the picture", "70 to 92 % of both sides, anywhere", GeometryEdits.Crop),
        Edit.One("zoom", Geometry, "a slow zoom in, or out", "1.15 to 1.5 times over the whole length, about a point of the middle", GeometryEdits.Zoom),
        Edit.One("letterbox", Geometry, "bars above and below", "1.2 to 1.6 times as high; black, white or dark blue", GeometryEdits.Letterbox),
        Edit.One("pillarbox", Geometry, "bars left and right", "1.2 to 1.8 times as wide; black, white or dark blue", GeometryEdits.Pillarbox),
        Edit.One("frame", Geometry, "a coloured border all round", "6 to 16 % of the shorter side", GeometryEdits.Frame),
        Edit.One("mirror", Geometry, "left and right exchanged", "always the same", GeometryEdits.Mirror),
        Edit.One("rot3", Geometry, "turned a little", "3 or 5 degrees to either side, black corners", GeometryEdits.Rotate),
        Edit.One("rot90", Geometry, "turned by a quarter", "to either side", GeometryEdits.Quarter),
        Edit.One("rot180", Geometry, "upside down by half a turn", "always the same", GeometryEdits.Half),
        Edit.One("colour", Colour, "another hue and saturation", "hue by -45, -25, 25, 45 or 60 degrees, saturation 0.5 to 1.7 times", ColourEdits.Hue),
        Edit.One("gamma", Colour, "another gamma, contrast and brightness", "gamma 0.55, 0.7, 1.4 or 1.8, contrast 0.75 to 1.35 times, brightness by up to 10 %", ColourEdits.Gamma),
        Edit.One("contrast", Colour, "less contrast, or more", "0.5 to 0.75 or 1.35 to 1.9 times", ColourEdits.Contrast),
        Edit.One("brightness", Colour, "darker, or brighter", "by 10 to 25 % of white", ColourEdits.Brightness),
        Edit.One("tint", Colour, "warm, cold, greenish or magenta", "channels 15 to 35 % stronger and weaker", ColourEdits.Tint),
        Edit.One("grey", Colour, "without colour", "always the same", ColourEdits.Grey),
        Edit.One("sepia", Colour, "brown as old photographs", "always the same", ColourEdits.Sepia),
        Edit.One("invert", Colour, "a negative", "always the same", ColourEdits.Invert),
        Edit.One("logo", Overlay, "a block logo in a corner", "12 to 25 % of the width", OverlayEdits.Logo),
        Edit.One("text", Overlay, "a line of text", "two to five words, 7 to 13 % of the height; above, in the middle or below", OverlayEdits.Text),
        Edit.One("emoji", Overlay, "drawn stickers", "three to six, 12 to 25 % of the shorter side each, anywhere", OverlayEdits.Emoji),
        Edit.One("trim", Time, "a part of it", "30 to 80 % of the length, at least 3 s", TimeEdits.Trim, turn: 0),
        Edit.One("speed", Time, "slower, or faster", "0.5, 0.75, 0.85, 1.15, 1.25, 1.5 or 2 times as fast", TimeEdits.Speed, turn: 0),
        Edit.One("reverse", Time, "played backwards", "all of it; of a large or long video a part, as its frames must fit in 1 GB", TimeEdits.Reverse, turn: 0),
        Edit.One("fps", Time, "another frame rate", "8, 10, 12.5, 15, 20 or 50 frames a second", TimeEdits.Rate),
        Edit.One("drop", Time, "frames dropped at random", "20 to 60 % of them; the others keep their times", TimeEdits.Drop),
        Edit.One("freeze", Time, "the picture stands still for a while, in place of what was there", "1 to 3 s, at most a third; what follows keeps its time", TimeEdits.Freeze),
        Edit.One("fade", Time, "faded in and out", "0.5 to 1.5 s each, at most a third", TimeEdits.Fade, turn: 2),
        Edit.Two("splice", Mix, "a part put into another video", "30 to 80 % of the length, after 25 to 75 % of up to 30 s of the other", Mixes.Splice),
        Edit.Two("pip-in", Mix, "small within another video", "30 to 50 % of its sides, in a corner or the middle, up to 30 s", Mixes.Inset),
        Edit.Two("pip-over", Mix, "partly covered by another video", "20 to 38 % of its sides, in a corner, up to 30 s", Mixes.Covered),
        Edit.One("screen", Several, "filmed from a screen: perspective, moire, glare, noise", "corners moved by up to 8 %, bands of 3 to 6 pixels, a spot of 27 to 75 % white", SeveralEdits.Screen),
        Edit.Drawn("chain", Several, "several one after the other", "two or three of those that take one video, each once", SeveralEdits.Chain),
    ];

    /// <summary>The edit of that name.</summary>
    /// <exception cref="ArgumentException">There is none; lists those there are.</exception>
    public static Edit Named(string name) =>
        All.FirstOrDefault(edit => edit.Name == name)
        ?? throw new ArgumentException($"no edit is named '{name}'; there are {string.Join(", ", All.Select(static edit => edit.Name))}", nameof(name));
}
