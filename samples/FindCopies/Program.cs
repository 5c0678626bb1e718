// Indexes a folder and prints the copies of one file: FindCopies FOLDER FILE
using Sosia;
using Sosia.Library;

var (folder, file) = (args[0], args[1]);
var index = Path.Combine(folder, ".sosia");
var embedder = Embedders.Default;

using (var library = VideoLibrary.Exists(index) ? VideoLibrary.OpenWrite(index) : VideoLibrary.Create(index, embedder.Identity))
{
    var added = Ingest.Add(library, embedder, [folder], new IngestOptions([], Environment.ProcessorCount));
    Console.WriteLine($"{added.Added} videos added, {added.Failures.Count} failed");
}

using var reader = VideoLibrary.OpenRead(index);
using var finder = new Finder(reader, embedder);
foreach (var match in finder.Find(file).Matches)
{
    var best = match.Segments[0];
    Console.WriteLine($"{match.Score:0.00} {match.Video.Path}: {best.Query.Start:0.0} s of the query is {best.Reference.Start:0.0} s of it");
}
