namespace Sosia.Learning.Evaluation;

/// <summary>stub</summary>
public sealed record CopyRetrievalResult(double MeanReciprocalRank, double First, double MirroredMeanReciprocalRank, double MirroredFirst, int Count);
