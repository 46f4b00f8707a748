using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Steelyard.Core.Chance;

namespace Steelyard.Rig.Vm.Inside;

/// <summary>A command line of ipvsadm, and what it reads.</summary>
internal sealed record Command(IReadOnlyList<string> Words, string Input = "")
{
    public override string ToString() =>
        "ipvsadm " + string.Join(' ', Words.Select(word => word.Length == 0 ? "''" : word))
        + (Input.Length == 0 ? string.Empty : $" << '{Input.Trim().Replace("\n", " / ")}'");
}

/// <summary>Draws command lines: mostly sound ones, some that nobody would write.</summary>
internal sealed class CommandDraw(SeededChance chance, Universe universe)
{
    private static readonly string[] Schedulers =
    [
        "rr", "wrr", "lc", "wlc", "lblc", "lblcr", "sh", "dh", "sed", "nq", "fo", "ovf", "mh",
    ];

    private static readonly string[] OddWords =
    [
        "", "-1", "0", "1", "65535", "65536", "99999999999", "0x10", "010", "5x", "abc", "10.9.0.1",
        "10.9.0.1:99999", "10.9.0.1:", ":80", "[fd00:9::1]:80", "fd00:9::1", "224.0.0.1:80",
        "1.2.3", "0.0.0.0:80", "255.255.255.0", "-w", "-x", "-m", "-g", "-n", "-L", "-A", "-c",
        "-p",
        "-6",
        "--foo", "--stats", "--rate", "--exact", "--set", "--tun-type", "--weight", "--weight=3",
        "--", "-", "sh-port", "mh-fallback,flag-3", "gue", "sip", "rr",
    ];

    private static readonly string[] Listings =
    [
        "", "--stats", "--stats --exact", "--thresholds", "--persistent-conn", "--tun-info",
        "--timeout", "--sort", "--nosort", "-c", "--rate", "--daemon", "-X", "--stats --rate",
    ];

    /// <summary>Any command, sound or not.</summary>
    internal Command NextWild()
    {
        List<string> words = chance.Next(20) switch
        {
            < 5 => Service("-A"),
            < 7 => Service("-E"),
            < 8 => [chance.Happens(0.2) ? "--delete-service" : "-D", .. AnyService()],
            < 12 => Server("-a"),
            < 14 => Server("-e"),
            < 15 => ["-d", .. AnyService(), "-r", AnyServer()],
            < 17 => Listing(),
            < 18 => chance.Happens(0.5) ? ["-Z"] : ["-Z", .. AnyService()],
            _ => Rare(),
        };
        if (words is ["-R"])
        {
            return new(words, Lines());
        }

        if (chance.Happens(0.25))
        {
            Spoil(words);
        }

        return new(words);
    }

    internal string Number(int first, int last) =>
        (first + chance.Next(last - first + 1)).ToString(CultureInfo.InvariantCulture);

    internal T One<T>(IReadOnlyList<T> of) => of[chance.Next(of.Count)];

    internal List<string> Scheduler()
    {
        string scheduler = One(Schedulers);
        List<string> words = ["-s", scheduler];
        if (scheduler is "sh" or "mh" && chance.Happens(0.6))
        {
            words.AddRange(["-b", One((string[])[
                $"{scheduler}-port", $"{scheduler}-fallback",
                $"{scheduler}-port,{scheduler}-fallback",
            ])]);
        }

        return words;
    }

    private List<string> AnyService() => chance.Next(12) switch
    {
        < 5 => ["-t", $"{One(Universe.VirtualAddresses)}:80"],
        < 7 => ["-u", $"{One(Universe.VirtualAddresses)}:53"],
        < 8 => ["-t", $"{One(Universe.VirtualAddresses)}:0"],
        < 9 => ["-f", Number(1, 3)],
        < 10 => chance.Happens(0.5) ? ["-f", Number(1, 3), "-6"] : ["-t", "[fd00:9::1]:80"],
        < 11 => ["--sctp-service", $"{One(Universe.VirtualAddresses)}:80"],
        _ => ["--tcp-service", "192.168.0.1:443"],
    };

    private string AnyServer() => chance.Next(8) switch
    {
        0 => One(universe.Servers),
        1 => $"{One(universe.Servers)}:80",
        2 => "[fd00:1::b]:80",
        _ => $"{universe.Servers[chance.Next(3)]}:8080",
    };

    private List<string> Service(string command)
    {
        List<string> words = [command, .. AnyService()];
        if (chance.Happens(0.7))
        {
            words.AddRange(Scheduler());
        }

        if (chance.Happens(0.3))
        {
            words.Add("-p");
            if (chance.Happens(0.6))
            {
                words.Add(Number(1, 900));
            }
        }

        if (chance.Happens(0.15))
        {
            words.AddRange(["-M", One((string[])[
                "255.255.255.0", "255.255.0.0", "64", "255.255.255.255", "128", "0.0.0.0",
            ])]);
        }

        if (chance.Happens(0.1))
        {
            words.Add("-o");
        }

        if (chance.Happens(0.1))
        {
            words.AddRange(["--pe", chance.Happens(0.8) ? "sip" : "ftp"]);
        }

        return words;
    }

    private List<string> Server(string command)
    {
        List<string> words = [command, .. AnyService(), "-r", AnyServer()];
        if (chance.Happens(0.7))
        {
            words.Add(One((string[])["-m", "-m", "-g", "-i"]));
        }

        if (chance.Happens(0.7))
        {
            words.AddRange(["-w", Number(0, 9)]);
        }

        if (chance.Happens(0.2))
        {
            words.AddRange(["-x", Number(0, 20)]);
        }

        if (chance.Happens(0.15))
        {
            words.AddRange(["-y", Number(0, 20)]);
        }

        if (chance.Happens(0.15))
        {
            words.AddRange(["--tun-type", One((string[])["ipip", "gue", "gre"])]);
            if (chance.Happens(0.5))
            {
                words.AddRange(["--tun-port", Number(0, 9000)]);
            }

            if (chance.Happens(0.5))
            {
                words.Add(One((string[])["--tun-nocsum", "--tun-csum", "--tun-remcsum"]));
            }
        }

        return words;
    }

    private List<string> Listing()
    {
        List<string> words = [One((string[])["-L", "-Ln", "-l", "--list"]), "-n"];
        if (words[0] == "-Ln")
        {
            words.RemoveAt(1);
        }

        if (chance.Happens(0.3))
        {
            words.AddRange(AnyService());
        }

        words.AddRange(One(Listings).Split(' ', System.StringSplitOptions.RemoveEmptyEntries));
        return words;
    }

    private List<string> Rare() => chance.Next(7) switch
    {
        0 => ["-C"],
        1 => ["--set", Number(0, 900), Number(0, 200), Number(0, 300)],
        2 => ["-S", "-n"],
        3 => ["-R"],
        4 => ["--set", Number(0, 900), Number(0, 200)],
        5 => ["--stop-daemon", One((string[])["master", "backup", "both"])],
        _ => [One(OddWords)],
    };

    private string Lines()
    {
        List<string> lines = [];
        for (int count = 1 + chance.Next(4); count > 0; count--)
        {
            List<string> words = chance.Happens(0.6) ? Service("-A") : Server("-a");
            if (chance.Happens(0.1))
            {
                Spoil(words);
            }

            lines.Add((chance.Happens(0.2) ? "ipvsadm " : string.Empty) + string.Join(' ', words));
        }

        return string.Join('\n', lines) + "\n";
    }

    private void Spoil(List<string> words)
    {
        int at = chance.Next(words.Count);
        switch (chance.Next(5))
        {
            case 0:
                words.RemoveAt(at);
                break;
            case 1:
                words.Insert(at, words[at]);
                break;
            case 2:
                words[at] = One(OddWords);
                break;
            case 3:
                words.Insert(at + 1, One(OddWords));
                break;
            default:
                int other = chance.Next(words.Count);
                (words[at], words[other]) = (words[other], words[at]);
                break;
        }
    }
}
