using Xunit;

namespace Sosia.Tests.House;

/// <summary>scripts/turbojpeg.sh says nothing where libturbojpeg is there, and how to get it where it is not.</summary>
public sealed class TurboJpegScriptTests : IDisposable
{
    private readonly Sandbox sandbox = new();

    public TurboJpegScriptTests()
    {
        sandbox.Script("scripts/turbojpeg.sh", Repository.At("scripts/turbojpeg.sh").Text);
    }

    public void Dispose() => sandbox.Dispose();

    [Fact]
    public void WhatIsThereIsNotInstalled()
    {
        sandbox.Script("tools/ldconfig", "#!/bin/sh\necho '	libturbojpeg.so.0 (libc6) => /lib/libturbojpeg.so.0'\n");
        var answer = sandbox.Run(sandbox.At("scripts/turbojpeg.sh"), []);
        Assert.Equal((0, "", ""), (answer.Code, answer.Out, answer.Error));
    }

    [Fact]
    public void WhatIsMissingIsSaid()
    {
        sandbox.Script("tools/ldconfig", "#!/bin/sh\necho '	libjpeg.so.62 (libc6) => /lib/libjpeg.so.62'\n");
        var answer = sandbox.Run(sandbox.At("scripts/turbojpeg.sh"), []);
        Assert.Equal((4, ""), (answer.Code, answer.Out));
        Assert.Contains("sudo apt-get install libturbojpeg0", answer.Error);
        Assert.Contains("--format raw needs none of it", answer.Error);
        Assert.DoesNotContain("installing", answer.Error); // SOSIA_NO_INSTALL
    }
}
