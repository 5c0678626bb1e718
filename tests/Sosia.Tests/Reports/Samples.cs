using Sosia.Matching;

namespace Sosia.Tests.Reports;

/// <summary>Small answers that the golden texts are made from.</summary>
internal static class Samples
{
    internal static readonly VideoRef Holiday = new(7, "/videos/holiday.mp4", 61.98765);
    internal static readonly VideoRef Copy = new(12, "/videos/copies/été <1>.mkv", 30.5);

    internal static readonly CopiedSegment Slow = new(new Stretch(0, 10.00049), new Stretch(5.1, 17.6), 0.87654321, 1.25, QueryVariant.Plain);
    internal static readonly CopiedSegment Mirrored = new(new Stretch(12, 20), new Stretch(20, 28), 0.95, 1, QueryVariant.Mirrored);

    internal static FindResult Find => new("/videos/query.mp4", 29.97, [new Match(Copy, 0.5, []), new Match(Holiday, 0.9512349, [Slow, Mirrored])]);

    internal static DuplicatesResult Duplicates =>
        new([new DuplicateGroup(Holiday, [Holiday, Copy], [new VideoPair(Holiday, Copy, 0.9512349, [Mirrored])])]);

    internal static Explanation Explained => new(
        Holiday,
        Copy,
        Copies: true,
        0.95,
        [Mirrored],
        [new Check("frames alike", Passed: true, 12, 5, "12 frames of 16 look the same."), new Check("quality", Passed: false, double.NaN, Threshold: null, "Flat.")],
        new MatrixPicture(2, 1, [0, 255]));

    internal static LibraryListing Listing => new(
        [new ListedVideo(7, ["/videos/holiday.mp4", "/videos/again.mp4"], 61.98765, 1920, 1080, "h264", 12_345_678, 62, "truncated", new DateTimeOffset(2026, 1, 2, 4, 4, 5, TimeSpan.FromHours(1))) { Missing = ["/videos/again.mp4"] }]);

    internal static LibrarySummary Status => new("/videos/.sosia", "pdq", 3, 4, 1, [new FailedFile("/videos/notes.txt", "not a video")], 120.12345, 4096);
}
