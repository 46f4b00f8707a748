using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Steelyard.Core.Services;
using Steelyard.Core.Wire;

namespace Steelyard.Core.Configuration;

/// <summary>
/// Turns the words behind a keyword into values, or says what should stand there.
/// </summary>
internal sealed class ValueReader(FaultList faults)
{
    // IFNAMSIZ − 1 of the kernel.
    private const int MaximumInterfaceLength = 15;

    // A topic of MQTT has 65,535 bytes, of which a name is a part.
    private const int MaximumName = 255;

    public FaultList Faults => faults;

    /// <summary>The one word behind the keyword; none, with a fault, when there is none.</summary>
    public Word? Single(Statement statement)
    {
        if (!statement.HasArguments)
        {
            faults.Error(statement.Position, $"'{statement.Keyword.Text}' needs a value");
            return null;
        }

        NoMore(statement, 1);
        return statement.Arguments[0];
    }

    /// <summary>Complains about words beyond those that the keyword takes.</summary>
    public void NoMore(Statement statement, int count)
    {
        if (statement.Arguments.Count > count)
        {
            Word extra = statement.Arguments[count];
            string takes = count == 0 ? "no value" : count == 1 ? "one value" : $"{count} values";
            faults.Error(
                extra.Position,
                $"'{statement.Keyword.Text}' takes {takes}; "
                + $"'{Shown.Text(extra.Text)}' is too much");
        }
    }

    public string? Text(Statement statement) => Single(statement)?.Text;

    /// <summary>A name that the file gives, which goes into topics, the log and tables.</summary>
    public Word? Name(Statement statement)
    {
        Word? word = Single(statement);
        if (word is not Word name || name.Text.Length is > 0 and <= MaximumName)
        {
            return word;
        }

        faults.Error(
            name.Position,
            $"'{statement.Keyword.Text}' has a name of 1 to {MaximumName} characters");
        return null;
    }

    public int? Number(Statement statement, int minimum, int maximum) =>
        Single(statement) is Word word
            ? Number(word, $"'{statement.Keyword.Text}'", minimum, maximum)
            : null;

    public int? Number(Word word, string what, int minimum, int maximum)
    {
        if (int.TryParse(
            word.Text, NumberStyles.None, CultureInfo.InvariantCulture, out int number)
            && number >= minimum
            && number <= maximum)
        {
            return number;
        }

        faults.Error(
            word.Position,
            $"{what} is a whole number from {minimum} to {maximum}, "
            + $"not '{Shown.Text(word.Text)}'");
        return null;
    }

    public TimeSpan? Seconds(Statement statement, decimal minimum, decimal maximum) =>
        Single(statement) is Word word
            ? Seconds(word, $"'{statement.Keyword.Text}'", minimum, maximum)
            : null;

    public TimeSpan? Seconds(Word word, string what, decimal minimum, decimal maximum)
    {
        if (decimal.TryParse(
            word.Text,
            NumberStyles.AllowDecimalPoint,
            CultureInfo.InvariantCulture,
            out decimal seconds)
            && seconds >= minimum
            && seconds <= maximum)
        {
            return TimeSpan.FromTicks((long)(seconds * TimeSpan.TicksPerSecond));
        }

        faults.Error(
            word.Position,
            string.Create(
                CultureInfo.InvariantCulture,
                $"{what} is a number of seconds from {minimum} to {maximum}, ")
            + $"not '{Shown.Text(word.Text)}'");
        return null;
    }

    /// <summary>A word that may stand alone, which means yes.</summary>
    public bool Flag(Statement statement)
    {
        if (!statement.HasArguments)
        {
            return true;
        }

        NoMore(statement, 1);
        Word word = statement.Arguments[0];
        switch (word.Text)
        {
            case "on" or "true" or "yes":
                return true;
            case "off" or "false" or "no":
                return false;
            default:
                faults.Error(
                    word.Position,
                    $"'{statement.Keyword.Text}' is on or off, not '{Shown.Text(word.Text)}'");
                return false;
        }
    }

    /// <summary>TCP, UDP or SCTP; unknown, and said so, for anything else.</summary>
    public TransportProtocol Protocol(Statement statement)
    {
        string? known = Single(statement) is Word word
            ? OneOf(word, "a protocol", ["TCP", "UDP", "SCTP"])
            : null;
        return known switch
        {
            "TCP" => TransportProtocol.Tcp,
            "UDP" => TransportProtocol.Udp,
            "SCTP" => TransportProtocol.Sctp,
            _ => TransportProtocol.Unknown,
        };
    }

    public IpAddress? Address(Word word)
    {
        if (IpAddress.TryParse(word.Text, out IpAddress address))
        {
            return address;
        }

        faults.Error(word.Position, $"'{Shown.Text(word.Text)}' is not an IP address");
        return null;
    }

    /// <summary>A firewall mark.</summary>
    public uint? Mark(Word word)
    {
        if (uint.TryParse(
            word.Text, NumberStyles.None, CultureInfo.InvariantCulture, out uint mark)
            && mark != 0)
        {
            return mark;
        }

        faults.Error(
            word.Position,
            $"a mark is a whole number from 1 to {uint.MaxValue}, not '{Shown.Text(word.Text)}'");
        return null;
    }

    public IpPrefix? Prefix(Word word)
    {
        if (IpPrefix.TryParse(word.Text, out IpPrefix prefix))
        {
            return prefix;
        }

        faults.Error(
            word.Position,
            $"'{Shown.Text(word.Text)}' is not an address or a network such as 10.0.0.0/8");
        return null;
    }

    /// <summary>An IPv4 address, the only family that this place takes so far.</summary>
    public IpAddress? Ipv4Address(Word word)
    {
        if (Address(word) is not IpAddress address)
        {
            return null;
        }

        if (!address.IsIpv4)
        {
            faults.Error(word.Position, $"IPv6 is not supported yet here: {address}");
            return null;
        }

        return address;
    }

    public ushort? Port(Word word) => (ushort?)Number(word, "a port", 1, ushort.MaxValue);

    /// <summary>ADDRESS PORT of a place to listen at.</summary>
    public Endpoint? Listen(Statement statement)
    {
        if (statement.Arguments.Count < 2)
        {
            faults.Error(statement.Position, "'listen' needs an address and a port");
            return null;
        }

        NoMore(statement, 2);
        IpAddress? address = Address(statement.Arguments[0]);
        ushort? port = Port(statement.Arguments[1]);
        return address is IpAddress known && port is ushort number
            ? new Endpoint(known, number)
            : null;
    }

    /// <summary>From where a relative one counts would depend on who starts the program.</summary>
    public void WholePath(Word path)
    {
        if (!path.Text.StartsWith('/'))
        {
            faults.Error(
                path.Position,
                $"'{Shown.Text(path.Text)}' is not a whole path, such as /data/tls/box.crt");
        }
    }

    public string? Interface(Word word)
    {
        string name = word.Text;
        bool isName = name.Length is > 0 and <= MaximumInterfaceLength
            && !name.AsSpan().ContainsAny(" /\t")
            && name is not "." and not "..";
        if (isName)
        {
            return name;
        }

        faults.Error(
            word.Position,
            $"'{Shown.Text(name)}' is not an interface name "
            + $"(1 to {MaximumInterfaceLength} characters)");
        return null;
    }

    /// <summary>One of a few words, with the nearest in the fault.</summary>
    public string? OneOf(Word word, string what, IReadOnlyList<string> choices)
    {
        foreach (string choice in choices)
        {
            if (string.Equals(choice, word.Text, StringComparison.OrdinalIgnoreCase))
            {
                return choice;
            }
        }

        string? near = Spelling.Nearest(word.Text, choices);
        string hint = near is null ? $"say {Join(choices)}" : $"did you mean {near}?";
        faults.Error(
            word.Position, $"'{Shown.Text(word.Text)}' is not {what}; {hint}");
        return null;
    }

    private static string Join(IReadOnlyList<string> choices) => choices.Count == 1
        ? choices[0]
        : $"{string.Join(", ", choices.SkipLast(1))} or {choices[^1]}";
}
