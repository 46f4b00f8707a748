namespace Steelyard.Host.Hardware;

/// <summary>
/// What the Pi's firmware says of its supply and heat, in one word: the lower half now, the upper
/// half at any time since the boot (vcgencmd get_throttled).
/// </summary>
internal static class ThrottleBits
{
    private const long IsUnderVoltage = 1 << 0;
    private const long IsCapped = 1 << 1;
    private const long IsThrottled = 1 << 2;
    private const long IsAtSoftLimit = 1 << 3;
    private const long AnySlow = IsCapped | IsThrottled | IsAtSoftLimit;
    private const int SinceBootShift = 16;

    public static bool? UnderVoltage(long? word) => Has(word, IsUnderVoltage);

    public static bool? Throttled(long? word) => Has(word, AnySlow);

    public static bool? UnderVoltageSinceBoot(long? word) =>
        Has(word, IsUnderVoltage << SinceBootShift);

    public static bool? ThrottledSinceBoot(long? word) => Has(word, AnySlow << SinceBootShift);

    private static bool? Has(long? word, long bits) =>
        word is long value ? (value & bits) != 0 : null;
}
