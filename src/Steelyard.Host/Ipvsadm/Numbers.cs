using System.Globalization;

namespace Steelyard.Host.Ipvsadm;

/// <summary>Numbers in columns of nine, shortened when they do not fit.</summary>
internal static class Numbers
{
    /// <summary>
    /// Nine places, right-aligned: whole below 100 million, then thousands (K), millions (M) from
    /// a thousand million on, and so on; or, when exact, all digits and at least one blank before.
    /// </summary>
    public static string Column(long number, bool exact)
    {
        if (exact)
        {
            string digits = number.ToString(CultureInfo.InvariantCulture);
            return digits.PadLeft(digits.Length <= 8 ? 9 : digits.Length + 1);
        }

        (long shown, string unit) = number switch
        {
            < 100_000_000 => (number, string.Empty),
            < 1_000_000_000 => (number / 1_000, "K"),
            < 100_000_000_000 => (number / 1_000_000, "M"),
            < 100_000_000_000_000 => (number / 1_000_000_000, "G"),
            _ => (number / 1_000_000_000_000, "T"),
        };
        return (shown.ToString(CultureInfo.InvariantCulture) + unit).PadLeft(9);
    }
}
