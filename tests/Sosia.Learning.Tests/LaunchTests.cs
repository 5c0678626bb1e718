using Sosia.Learning.Training;

namespace Sosia.Learning.Tests;

public sealed class LaunchTests
{
    private const string Torchrun = "RANK=3 WORLD_SIZE=4 LOCAL_RANK=1 MASTER_ADDR=m MASTER_PORT=1234";
    private const string Slurm = "SLURM_PROCID=5 SLURM_NTASKS=8 SLURM_LOCALID=1 SLURM_JOB_NODELIST=n1";

    [Theory]
    [InlineData("", null)]
    [InlineData("RANK= WORLD_SIZE=", null)]
    [InlineData("SLURM_NTASKS=8 SLURM_JOB_NODELIST=n1", null)] // inside an allocation, but not started by srun
    [InlineData(Torchrun, "3 of 4, 1 on its machine, m:1234")]
    [InlineData(Torchrun + " TORCHELASTIC_USE_AGENT_STORE=True TORCHELASTIC_RESTART_COUNT=2", "3 of 4, 1 on its machine, m:1234, hosted, attempt 2")]
    [InlineData("RANK=0 WORLD_SIZE=1 MASTER_ADDR=::1", "0 of 1, 0 on its machine, ::1:29500")]
    [InlineData("RANK=3 WORLD_SIZE=4 MASTER_ADDR=m", "3 of 4, 3 on its machine, m:29500")]
    [InlineData(Slurm, "5 of 8, 1 on its machine, n1:29500")]
    [InlineData(Slurm + " SLURM_STEP_NUM_TASKS=6 SLURM_STEP_NODELIST=n2,n1", "5 of 6, 1 on its machine, n2:29500")]
    [InlineData(Slurm + " SLURM_JOB_ID=1234567", "5 of 8, 1 on its machine, n1:30067")]
    [InlineData(Slurm + " MASTER_ADDR=m MASTER_PORT=7", "5 of 8, 1 on its machine, m:7")]
    [InlineData("SLURM_PROCID=0 SLURM_NTASKS=2 SLURM_LOCALID=0 SLURM_LAUNCH_NODE_IPADDR=10.0.0.1", "0 of 2, 0 on its machine, 10.0.0.1:29500")]
    [InlineData(Torchrun + " " + Slurm, "3 of 4, 1 on its machine, m:1234")]
    public void LaunchersAreUnderstood(string environment, string? expected) => Assert.Equal(expected, Say(Read(environment)));

    [Theory]
    [InlineData("node[03-05,9],other", "node03")]
    [InlineData("node[7,9]", "node7")]
    [InlineData("a-b[10-11]-ib,c", "a-b10-ib")]
    [InlineData("rack[1-2]n[04-05]", "rack1n04")]
    [InlineData("single", "single")]
    [InlineData("one,two", "one")]
    public void TheFirstNodeOfSlurmsListIsTheMeetingPlace(string list, string expected) =>
        Assert.Equal(expected, Read($"SLURM_PROCID=0 SLURM_NTASKS=2 SLURM_LOCALID=0 SLURM_JOB_NODELIST={list}")!.Address);

    [Theory]
    [InlineData("RANK=0", "WORLD_SIZE is not set")]
    [InlineData("WORLD_SIZE=2", "RANK is not set")]
    [InlineData("RANK=0 WORLD_SIZE=2", "MASTER_ADDR is not set")]
    [InlineData("MASTER_ADDR=m MASTER_PORT=29500", "RANK is not set")]
    [InlineData("SLURM_PROCID=0", "SLURM_NTASKS is not set")]
    [InlineData("SLURM_PROCID=0 SLURM_NTASKS=2", "SLURM_LOCALID is not set")]
    [InlineData("SLURM_PROCID=0 SLURM_NTASKS=2 SLURM_LOCALID=0", "SLURM_JOB_NODELIST is not set")]
    [InlineData("RANK=x WORLD_SIZE=2 MASTER_ADDR=m", "RANK=x in the environment is no number")]
    [InlineData("RANK=2 WORLD_SIZE=2 MASTER_ADDR=m", "process 2 (on its machine 2) of 2")]
    [InlineData("RANK=-1 WORLD_SIZE=2 MASTER_ADDR=m", "process -1")]
    [InlineData("RANK=0 WORLD_SIZE=0 MASTER_ADDR=m", "of 0")]
    [InlineData("RANK=0 WORLD_SIZE=2 MASTER_ADDR=m MASTER_PORT=70000", "at port 70000")]
    public void WhatIsMissingOrWrongIsNamed(string environment, string why) => Assert.Contains(why, Assert.Throws<RecipeException>(() => Read(environment)).Message);

    private static Launch? Read(string environment)
    {
        var variables = environment.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(pair => pair.Split('=')).ToDictionary(pair => pair[0], pair => pair[1]);
        return Launch.Read(variables.GetValueOrDefault);
    }

    private static string? Say(Launch? launch) => launch is null
        ? null
        : $"{launch.Rank} of {launch.Size}, {launch.LocalRank} on its machine, {launch.Address}:{launch.Port}" + (launch.Hosted ? $", hosted, attempt {launch.Attempt}" : "");
}
