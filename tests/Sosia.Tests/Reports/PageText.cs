using System.Text.Json;
using System.Text.RegularExpressions;
using Xunit;

namespace Sosia.Tests.Reports;

/// <summary>Reads a written page.</summary>
internal static partial class PageText
{
    /// <summary>The page without its texts and data: every tag in its order.</summary>
    public static string Structure(string page)
    {
        var withoutData = Regex.Replace(page, "(<script type=\"application/json\" id=\"data\">)[^<]*(</script>)", "$1$2");
        return string.Concat(Regex.Matches(withoutData, "<[^>]*>").Select(tag => tag.Value));
    }

    /// <summary>What its script reads.</summary>
    public static JsonDocument Data(string page) =>
        JsonDocument.Parse(Regex.Match(page, "<script type=\"application/json\" id=\"data\">([^<]*)</script>").Groups[1].Value);

    /// <summary>No address, nothing that a browser may load, and no text that becomes markup.</summary>
    public static void AssertNeedsNothing(string page)
    {
        Assert.Contains(
            "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:;",
            page,
            StringComparison.Ordinal);
        Assert.DoesNotMatch(Outside(), Regex.Replace(page, "[A-Za-z0-9+/=]{40,}", "base64"));
        Assert.True(page.IndexOf("Content-Security-Policy", StringComparison.Ordinal) < page.IndexOf("<style", StringComparison.Ordinal));
        Assert.DoesNotContain("{{", page, StringComparison.Ordinal);
        Assert.DoesNotMatch(new Regex("innerHTML|outerHTML|insertAdjacentHTML|document\\.write|eval\\("), page);
    }

    [GeneratedRegex(@"https?:|(?<!:)//[a-z]|\ssrc=|\shref=|@import|url\((?!data:|#)", RegexOptions.IgnoreCase)]
    private static partial Regex Outside();
}
