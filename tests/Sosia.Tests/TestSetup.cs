using System.Runtime.CompilerServices;

namespace Sosia.Tests;

internal static class TestSetup
{
    // Neither the models that the user imported nor what was measured on this machine decides a test.
    [ModuleInitializer]
    internal static void OwnFolders()
    {
        var root = Directory.CreateTempSubdirectory("sosia home ");
        foreach (var variable in new[] { "XDG_DATA_HOME", "XDG_CACHE_HOME" })
        {
            Environment.SetEnvironmentVariable(variable, root.CreateSubdirectory(variable).FullName);
        }

        AppDomain.CurrentDomain.ProcessExit += (_, _) => root.Delete(recursive: true);
    }
}
