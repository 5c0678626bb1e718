using System.Globalization;

namespace Sosia.Learning.Training;

/// <summary>Which of several processes this is, and where they meet: as torchrun, mpirun's wrappers and Slurm tell their processes.</summary>
/// <param name="Rank">Number of this process, from 0.</param>
/// <param name="Size">How many there are.</param>
/// <param name="LocalRank">Number of this process on its machine: which GPU it takes.</param>
/// <param name="Address">Of rank 0's machine.</param>
/// <param name="Port">Free there.</param>
/// <param name="Hosted">Whether the launcher serves the meeting place.</param>
/// <param name="Attempt">How often the launcher has started the processes anew.</param>
/// <param name="LocalSize">How many are on this machine; 0: nobody says.</param>
internal sealed record Launch(int Rank, int Size, int LocalRank, string Address, int Port, bool Hosted = false, int Attempt = 0, int LocalSize = 0)
{
    private const int DefaultPort = 29500; // PyTorch's

    /// <summary>Reads what a launcher has set; null where none has.</summary>
    /// <param name="variable">The value of a variable of the environment, null where it is not set.</param>
    /// <exception cref="RecipeException">Some are missing, or are no numbers that can be.</exception>
    public static Launch? Read(Func<string, string?> variable)
    {
        string? Value(string name) => variable(name) is { Length: > 0 } value ? value : null;

        if ((Value("RANK") ?? Value("WORLD_SIZE")) is not null)
        {
            return Checked(ReadTorch(Value));
        }

        if (Value("SLURM_PROCID") is not null)
        {
            return Checked(ReadSlurm(Value));
        }

        return Value("MASTER_ADDR") is null ? null : throw Missing("RANK");
    }

    private static Launch ReadTorch(Func<string, string?> value)
    {
        var rank = Number(value, "RANK");
        return new(
            rank,
            Number(value, "WORLD_SIZE"),
            Number(value, "LOCAL_RANK", rank),
            value("MASTER_ADDR") ?? throw Missing("MASTER_ADDR"),
            Number(value, "MASTER_PORT", DefaultPort),
            value("TORCHELASTIC_USE_AGENT_STORE") == "True",
            Number(value, "TORCHELASTIC_RESTART_COUNT", 0),
            Number(value, "LOCAL_WORLD_SIZE", 0));
    }

    // A step's own numbers come before those of its job; jobs that share a machine get ports of their own.
    private static Launch ReadSlurm(Func<string, string?> value)
    {
        var address = value("MASTER_ADDR") ?? FirstNode(value("SLURM_STEP_NODELIST") ?? value("SLURM_JOB_NODELIST")) ?? value("SLURM_LAUNCH_NODE_IPADDR");
        return new(
            Number(value, "SLURM_PROCID"),
            value("SLURM_STEP_NUM_TASKS") is null ? Number(value, "SLURM_NTASKS") : Number(value, "SLURM_STEP_NUM_TASKS"),
            Number(value, "SLURM_LOCALID"),
            address ?? throw Missing("SLURM_JOB_NODELIST"),
            Number(value, "MASTER_PORT", DefaultPort + (Number(value, "SLURM_JOB_ID", 0) % 1000)));
    }

    // The first of node[03-05,9],other: node03.
    private static string? FirstNode(string? list)
    {
        if (list is null)
        {
            return null;
        }

        var name = new System.Text.StringBuilder();
        var inside = 0; // 1 in the first number of a bracket, 2 after it
        foreach (var c in list)
        {
            if (c == ',' && inside == 0)
            {
                break;
            }

            inside = c switch { '[' => 1, ']' => 0, ',' or '-' when inside == 1 => 2, _ => inside };
            if (inside != 2 && c is not '[' and not ']')
            {
                name.Append(c);
            }
        }

        return name.ToString();
    }

    private static Launch Checked(Launch launch)
    {
        if (launch.Size < 1 || launch.Rank < 0 || launch.Rank >= launch.Size || launch.LocalRank < 0 || launch.Port is < 1 or > 65535)
        {
            throw new RecipeException(
                $"the environment says that this is process {launch.Rank} (on its machine {launch.LocalRank}) of {launch.Size} at port {launch.Port}, which cannot be");
        }

        return launch;
    }

    private static int Number(Func<string, string?> value, string name, int? otherwise = null)
    {
        if (value(name) is not { } text)
        {
            return otherwise ?? throw Missing(name);
        }

        return int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw new RecipeException($"{name}={text} in the environment is no number");
    }

    private static RecipeException Missing(string name) => new(
        $"{name} is not set, but others of its kind are: several processes need RANK, WORLD_SIZE, MASTER_ADDR and MASTER_PORT (as torchrun sets them), or SLURM_PROCID, SLURM_NTASKS and SLURM_LOCALID (srun); one alone needs none");
}
