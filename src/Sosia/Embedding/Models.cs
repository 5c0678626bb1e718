namespace Sosia;

/// <summary>Where model files lie.</summary>
internal static class Models
{
    /// <summary>A model that ships with Sosia.</summary>
    /// <exception cref="EnvironmentException">It is not there.</exception>
    public static string Shipped(string name)
    {
        var path = Path.Combine(AppContext.BaseDirectory, "models", $"{name}.safetensors");
        return File.Exists(path) ? path : throw new EnvironmentException($"{path} is missing: it belongs beside the program");
    }
}
