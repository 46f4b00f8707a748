using System;
using System.Collections.Generic;

namespace Steelyard.Core.Configuration;

/// <summary>Finds the word that was meant.</summary>
internal static class Spelling
{
    // Longer than every word of the vocabulary; beyond it nothing is near.
    private const int MaximumLength = 64;

    /// <summary>
    /// The first candidate with the smallest distance, if a third of the letters agree.
    /// </summary>
    public static string? Nearest(string text, IEnumerable<string> candidates)
    {
        if (text.Length is 0 or > MaximumLength)
        {
            return null;
        }

        string? nearest = null;
        int best = Math.Max(1, text.Length / 3) + 1;
        foreach (string candidate in candidates)
        {
            int distance = Distance(text.ToLowerInvariant(), candidate.ToLowerInvariant());
            if (distance < best)
            {
                best = distance;
                nearest = candidate;
            }
        }

        return nearest;
    }

    /// <summary>
    /// Letters to insert, delete, replace, or swap with their neighbour (optimal string alignment).
    /// </summary>
    public static int Distance(string left, string right)
    {
        int[,] cost = new int[left.Length + 1, right.Length + 1];
        for (int row = 0; row <= left.Length; row++)
        {
            for (int column = 0; column <= right.Length; column++)
            {
                cost[row, column] = row == 0 || column == 0
                    ? row + column
                    : Step(cost, left, right, row, column);
            }
        }

        return cost[left.Length, right.Length];
    }

    private static int Step(int[,] cost, string left, string right, int row, int column)
    {
        bool same = left[row - 1] == right[column - 1];
        int least = Math.Min(
            Math.Min(cost[row - 1, column], cost[row, column - 1]) + 1,
            cost[row - 1, column - 1] + (same ? 0 : 1));
        bool swapped = row > 1
            && column > 1
            && left[row - 1] == right[column - 2]
            && left[row - 2] == right[column - 1];
        return swapped ? Math.Min(least, cost[row - 2, column - 2] + 1) : least;
    }
}
