namespace Sosia.Matching;

/// <summary>
/// How much two boxes share, counted in cells (VCSL, He et al. 2022, code vcsl/vta.py): all ends are inclusive, a side has <c>end - start + 1</c>
/// cells.
/// </summary>
public static class BoxOverlap
{
    /// <summary>Intersection over union, 0 to 1.</summary>
    public static double Iou(Box a, Box b)
    {
        var shared = Side(Math.Max(a.Q0, b.Q0), Math.Min(a.Q1, b.Q1)) * Side(Math.Max(a.R0, b.R0), Math.Min(a.R1, b.R1));
        return shared == 0 ? 0 : (double)shared / (Cells(a) + Cells(b) - shared);
    }

    /// <summary>True when the overlap with one of the accepted paths reaches the limit.</summary>
    internal static bool Repeats(Box box, IReadOnlyList<AlignedPath> accepted, double maxIou)
    {
        foreach (var path in accepted)
        {
            if (Iou(box, path.Box) >= maxIou)
            {
                return true;
            }
        }

        return false;
    }

    private static long Cells(Box box) => Side(box.Q0, box.Q1) * Side(box.R0, box.R1);

    private static long Side(int first, int last) => Math.Max(0L, (long)last - first + 1);
}
