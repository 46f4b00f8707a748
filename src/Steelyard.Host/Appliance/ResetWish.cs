using System;
using System.IO;

namespace Steelyard.Host.Appliance;

/// <summary>
/// The wish that the box forget everything. The program has no right to wipe and to restart it: a
/// file says what is wanted, and a unit of the image, which waits for that file, does it.
/// </summary>
internal static class ResetWish
{
    /// <summary>Leaves the wish. Null when it will be heard, else why not.</summary>
    /// <param name="unit">Where the unit is that hears it.</param>
    /// <param name="wish">The file, in memory: writing it waits for nothing.</param>
    public static string? Leave(string unit, string wish)
    {
        if (!File.Exists(unit))
        {
            return "this is no appliance: a factory reset is for the box's image";
        }

        try
        {
            File.WriteAllBytes(wish, []);
            return null;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return $"the wish cannot be left: {failure.Message}";
        }
    }
}
