namespace Sosia.Torch;

/// <summary>
/// Starting values are not drawn on this thread, so that weights hold anything until they are loaded or drawn:
/// <c>using var _ = SkipInit.Enter();</c> around the construction of a network whose state is read next (torch.nn.utils.skip_init).
/// </summary>
public readonly ref struct SkipInit
{
    [ThreadStatic]
    private static bool active;

    private readonly bool before;

    private SkipInit(bool before) => this.before = before;

    internal static bool IsActive => active;

    /// <summary>Begins.</summary>
    public static SkipInit Enter()
    {
        var guard = new SkipInit(active);
        active = true;
        return guard;
    }

    /// <summary>Ends: as it was before.</summary>
    public void Dispose() => active = before;
}
