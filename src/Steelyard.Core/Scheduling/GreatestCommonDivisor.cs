namespace Steelyard.Core.Scheduling;

/// <summary>Euclid's; of zero and a number it is the number.</summary>
internal static class GreatestCommonDivisor
{
    public static int Of(int left, int right)
    {
        while (right != 0)
        {
            (left, right) = (right, left % right);
        }

        return left;
    }
}
