using System.Text.Encodings.Web;
using System.Text.Unicode;

namespace Sosia.Reports;

/// <summary>How text is written in JSON: readable, yet safe in a terminal and inside an HTML script block.</summary>
internal static class SafeJson
{
    /// <summary>Escapes control characters, <c>&lt; &gt; &amp; ' +</c> and what changes the direction of text; leaves all other letters.</summary>
    internal static readonly JavaScriptEncoder Encoder = Create();

    private static JavaScriptEncoder Create()
    {
        var settings = new TextEncoderSettings(UnicodeRanges.All);
        settings.ForbidCharacters('\u00ad', '\u061c', '\u180e', '\u200b', '\u200e', '\u200f', '\ufeff');
        settings.ForbidRange(UnicodeRange.Create('\u202a', '\u202e'));
        settings.ForbidRange(UnicodeRange.Create('\u2060', '\u206f'));
        return JavaScriptEncoder.Create(settings);
    }
}
