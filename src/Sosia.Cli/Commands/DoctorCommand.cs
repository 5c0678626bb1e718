using System.CommandLine;
using Sosia.Reports;
using Sosia.Video;

namespace Sosia.Cli.Commands;

/// <summary>`sosia doctor`: what was found on this machine, what is missing, and how to get it.</summary>
internal static class DoctorCommand
{
    public static Command Create(GlobalOptions globals)
    {
        var command = new Command("doctor", "Say what Sosia found on this machine, what is missing, and how to get it.");
        Help.Examples(command, "sosia doctor", "sosia doctor --json");
        command.SetAction(parsed =>
        {
            var findings = Doctor.Examine();
            if (globals.Json(parsed))
            {
                StandardOutput.Json(stream => JsonReport.Write(stream, findings));
            }
            else
            {
                foreach (var finding in findings)
                {
                    Console.Out.WriteLine($"{(finding.Ok ? "ok     " : "missing")}  {finding.Name,-12}  {Printable.Text(finding.Found)}");
                    if (finding.Advice is { } advice)
                    {
                        Console.Out.WriteLine($"{"",23}{advice}");
                    }
                }
            }

            return findings.All(f => f.Ok) ? ExitCode.Done : ExitCode.Environment;
        });
        return command;
    }
}
