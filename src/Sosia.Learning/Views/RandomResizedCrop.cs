namespace Sosia.Learning.Views;

/// <summary>A window of random area and shape, as torchvision's RandomResizedCrop draws it (Szegedy et al. 2015).</summary>
/// <param name="LeastArea">Least share of the picture's area.</param>
/// <param name="MostArea">Greatest.</param>
/// <param name="Aspect">Width over height lies between 1 over this and this; its logarithm is uniform.</param>
public sealed record RandomResizedCrop(double LeastArea, double MostArea, double Aspect = 4.0 / 3)
{
    private const int Tries = 10;

    /// <summary>A window; after ten tries that do not fit, the largest in the middle whose shape is allowed.</summary>
    /// <param name="width">Of the picture, pixels.</param>
    /// <param name="height">Of the picture, pixels.</param>
    /// <param name="random">The draws.</param>
    public Window Draw(int width, int height, SampleRandom random)
    {
        for (var i = 0; i < Tries; i++)
        {
            var area = width * (double)height * random.Between(LeastArea, MostArea);
            var aspect = Math.Exp(random.Between(-Math.Log(Aspect), Math.Log(Aspect)));
            var (w, h) = (Math.Sqrt(area * aspect), Math.Sqrt(area / aspect));
            if (w <= width && h <= height)
            {
                return new Window(random.Next() * (width - w), random.Next() * (height - h), w, h);
            }
        }

        var (across, down) = (Math.Min(width, height * Aspect), Math.Min(height, width * Aspect));
        return new Window((width - across) / 2, (height - down) / 2, across, down);
    }
}
