namespace Sosia.Library;

/// <summary>
/// Numbers that are never given twice, also after a crash: taken from the catalogue in blocks, and what is left of one is given back at the end.
/// </summary>
internal sealed class IdSequence(Catalogue catalogue, string column)
{
    private const int Block = 64;

    private long next;
    private long end;

    public long Take()
    {
        if (next == end)
        {
            catalogue.Write(() => end = catalogue.Number($"UPDATE library SET {column} = {column} + {Block} RETURNING {column}"));
            next = end - Block;
        }

        return next++;
    }

    public void GiveBack()
    {
        if (next < end)
        {
            catalogue.Write(() => catalogue.Execute($"UPDATE library SET {column} = @next", ("@next", next)));
            end = next;
        }
    }
}
