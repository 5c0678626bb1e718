namespace Sosia.Learning.Tests;

/// <summary>What this assembly does when a test starts it as a program.</summary>
internal static class Child
{
    public static int Main(string[] args)
    {
        switch (args)
        {
            case ["world", var what]:
                WorldTests.Act(what);
                return 0;
            case ["shuffled-batch"]:
                ShuffledBatchTests.Act();
                return 0;
            case ["train", _, var folder]:
                TrainingChild.Train(folder);
                return 0;
            default:
                Console.Error.WriteLine("world WHAT | shuffled-batch | train PACK FOLDER");
                return 2;
        }
    }
}
