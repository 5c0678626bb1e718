using System.Text;
using System.Text.Json;
using Sosia.Reports;
using Xunit;

namespace Sosia.Tests.Reports;

public sealed class JsonReportTests
{
    [Fact]
    public void MatchesAreWrittenBestFirstToTheLetter() => Assert.Equal(
        """
        {
          "schema": "sosia.matches/1",
          "query": {
            "path": "/videos/query.mp4",
            "duration": 29.97
          },
          "matches": [
            {
              "video": {
                "id": 7,
                "path": "/videos/holiday.mp4",
                "duration": 61.988
              },
              "score": 0.9512,
              "segments": [
                {
                  "query": {
                    "start": 12,
                    "end": 20
                  },
                  "reference": {
                    "start": 20,
                    "end": 28
                  },
                  "score": 0.95,
                  "speed": 1,
                  "mirrored": true,
                  "variant": "mirrored"
                },
                {
                  "query": {
                    "start": 0,
                    "end": 10
                  },
                  "reference": {
                    "start": 5.1,
                    "end": 17.6
                  },
                  "score": 0.8765,
                  "speed": 1.25,
                  "mirrored": false,
                  "variant": "plain"
                }
              ]
            },
            {
              "video": {
                "id": 12,
                "path": "/videos/copies/été \u003C1\u003E.mkv",
                "duration": 30.5
              },
              "score": 0.5,
              "segments": []
            }
          ]
        }

        """,
        Json(output => JsonReport.Write(output, Samples.Find)));

    [Fact]
    public void DuplicatesAreWrittenToTheLetter() => Assert.Equal(
        """
        {
          "schema": "sosia.duplicates/1",
          "groups": [
            {
              "representative": {
                "id": 7,
                "path": "/videos/holiday.mp4"
              },
              "members": [
                {
                  "id": 7,
                  "path": "/videos/holiday.mp4",
                  "duration": 61.988
                },
                {
                  "id": 12,
                  "path": "/videos/copies/été \u003C1\u003E.mkv",
                  "duration": 30.5
                }
              ],
              "pairs": [
                {
                  "a": {
                    "id": 7,
                    "path": "/videos/holiday.mp4"
                  },
                  "b": {
                    "id": 12,
                    "path": "/videos/copies/été \u003C1\u003E.mkv"
                  },
                  "score": 0.9512,
                  "segments": [
                    {
                      "query": {
                        "start": 12,
                        "end": 20
                      },
                      "reference": {
                        "start": 20,
                        "end": 28
                      },
                      "score": 0.95,
                      "speed": 1,
                      "mirrored": true,
                      "variant": "mirrored"
                    }
                  ]
                }
              ]
            }
          ]
        }

        """,
        Json(output => JsonReport.Write(output, Samples.Duplicates)));

    [Fact]
    public void StatusIsWrittenToTheLetter() => Assert.Equal(
        """
        {
          "schema": "sosia.status/1",
          "folder": "/videos/.sosia",
          "embedder": "pdq",
          "videos": 3,
          "files": 4,
          "missing": 1,
          "failures": [
            {
              "path": "/videos/notes.txt",
              "reason": "not a video"
            }
          ],
          "seconds": 120.123,
          "bytes": 4096
        }

        """,
        Json(output => JsonReport.Write(output, Samples.Status)));

    [Theory]
    [InlineData("sosia.matches/1")]
    [InlineData("sosia.duplicates/1")]
    [InlineData("sosia.explanation/1")]
    [InlineData("sosia.list/1")]
    [InlineData("sosia.status/1")]
    public void EveryMemberIsOneThatTheSchemaNamesInItsOrder(string schema)
    {
        var (text, shape) = schema switch
        {
            "sosia.matches/1" => (Json(output => JsonReport.Write(output, Samples.Find)), $"{{schema:s query:{{path:p duration:n}} matches:[{{video:{Video} score:n segments:{Segments}}}]}}"),
            "sosia.duplicates/1" => (
                Json(output => JsonReport.Write(output, Samples.Duplicates)),
                $"{{schema:s groups:[{{representative:{Named} members:[{Video}] pairs:[{{a:{Named} b:{Named} score:n segments:{Segments}}}]}}]}}"),
            "sosia.explanation/1" => (
                Json(output => JsonReport.Write(output, Samples.Explained)),
                $"{{schema:s a:{Video} b:{Video} copies:b score:n segments:{Segments} checks:[{{name:s passed:b value:n? threshold:n? detail:s}}] matrix:{{width:n height:n grey:s}}}}"),
            "sosia.list/1" => (
                Json(output => JsonReport.Write(output, Samples.Listing)),
                "{schema:s videos:[{id:n paths:[p] missing:[p] duration:n width:n height:n codec:s bytes:n clips:n damage:s? added:s}]}"),
            _ => (
                Json(output => JsonReport.Write(output, Samples.Status)),
                "{schema:s folder:p embedder:s videos:n files:n missing:n failures:[{path:p reason:s}] seconds:n bytes:n}"),
        };

        using var document = JsonDocument.Parse(text);
        Assert.Equal(schema, document.RootElement.GetProperty("schema").GetString());
        new SchemaWalk(shape).Walk(document.RootElement);
    }

    [Fact]
    public void TheWalkRefusesWhatTheSchemaDoesNotName()
    {
        using var document = JsonDocument.Parse("""{"a": 1, "c": "x"}""");
        Assert.ThrowsAny<Xunit.Sdk.XunitException>(() => new SchemaWalk("{a:n b:s}").Walk(document.RootElement));
        Assert.ThrowsAny<Xunit.Sdk.XunitException>(() => new SchemaWalk("{a:n}").Walk(document.RootElement));
        Assert.ThrowsAny<Xunit.Sdk.XunitException>(() => new SchemaWalk("{a:n c:n}").Walk(document.RootElement));
        new SchemaWalk("{a:n c:s}").Walk(document.RootElement);
    }

    [Fact]
    public void ANumberThatIsNoneIsNullAndTheListingSpeaksUtc()
    {
        using var explained = JsonDocument.Parse(Json(output => JsonReport.Write(output, Samples.Explained)));
        Assert.Equal(JsonValueKind.Null, explained.RootElement.GetProperty("checks")[1].GetProperty("value").ValueKind);
        Assert.Equal([0, 255], explained.RootElement.GetProperty("matrix").GetProperty("grey").GetBytesFromBase64());
        using var listing = JsonDocument.Parse(Json(output => JsonReport.Write(output, Samples.Listing)));
        Assert.Equal("2026-01-02T03:04:05Z", listing.RootElement.GetProperty("videos")[0].GetProperty("added").GetString());
    }

    [Fact]
    public void PathsComeOutAbsoluteAndHostileOnesUnchangedButEscaped()
    {
        const string Name = "\u202egpj.\u001b[31m\n'é";
        var text = Json(output => JsonReport.Write(output, new FindResult(Name, 1, [])));
        Assert.DoesNotContain(text.ReplaceLineEndings(""), char.IsControl);
        Assert.DoesNotContain('\u202e', text);
        using var document = JsonDocument.Parse(text);
        Assert.Equal(Path.Combine(Environment.CurrentDirectory, Name), document.RootElement.GetProperty("query").GetProperty("path").GetString());
    }

    private const string Named = "{id:n path:p}";
    private const string Video = "{id:n path:p duration:n}";
    private const string Segments = "[{query:{start:n end:n} reference:{start:n end:n} score:n speed:n mirrored:b variant:s}]";

    private static string Json(Action<Stream> write)
    {
        using var output = new MemoryStream();
        write(output);
        return new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(output.ToArray());
    }

    /// <summary>Holds a document to a shape: <c>{name:type ...}</c> in this order, <c>[type]</c>, s text, p absolute path, n number, b boolean, ? or null.</summary>
    private sealed class SchemaWalk(string shape)
    {
        private int at;

        public void Walk(JsonElement element)
        {
            switch (shape[at++])
            {
                case '{':
                    Object(element);
                    break;
                case '[':
                    Array(element);
                    break;
                case var type:
                    Value(element, type);
                    break;
            }
        }

        private void Object(JsonElement element)
        {
            Assert.Equal(JsonValueKind.Object, element.ValueKind);
            foreach (var member in element.EnumerateObject())
            {
                var colon = shape.IndexOf(':', at);
                Assert.Equal(colon < 0 ? "}" : shape[at..colon].TrimStart(), member.Name);
                at = colon + 1;
                Walk(member.Value);
            }

            Assert.Equal('}', shape[at++]);
        }

        private void Array(JsonElement element)
        {
            Assert.Equal(JsonValueKind.Array, element.ValueKind);
            var start = at;
            foreach (var item in element.EnumerateArray())
            {
                at = start;
                Walk(item);
            }

            if (element.GetArrayLength() == 0)
            {
                SkipItem();
            }

            Assert.Equal(']', shape[at++]);
        }

        private void SkipItem()
        {
            for (var depth = 0; depth > 0 || shape[at] != ']'; at++)
            {
                depth += shape[at] is '[' or '{' ? 1 : shape[at] is ']' or '}' ? -1 : 0;
            }
        }

        private void Value(JsonElement element, char type)
        {
            var optional = at < shape.Length && shape[at] == '?';
            at += optional ? 1 : 0;
            if (optional && element.ValueKind == JsonValueKind.Null)
            {
                return;
            }

            Assert.Contains(element.ValueKind, type switch
            {
                'n' => [JsonValueKind.Number],
                'b' => [JsonValueKind.True, JsonValueKind.False],
                _ => new[] { JsonValueKind.String },
            });
            Assert.True(type != 'p' || Path.IsPathFullyQualified(element.GetString()!));
        }
    }
}
