using System;
using System.Collections.Generic;
using System.Globalization;
using Steelyard.Core.Connections;
using Steelyard.Core.Scheduling;
using Steelyard.Core.Services;
using Steelyard.Core.Wire;

namespace Steelyard.Tests.Golden;

/// <summary>
/// The commands of <c>ipvsadm</c> that recordings use; an unknown word fails the test.
/// </summary>
internal static class Commands
{
    public static void Run(Director director, string line)
    {
        Queue<string> words = new(line.Split(' '));
        string verb = words.Dequeue();
        if (verb == "--set")
        {
            SetTimeouts(director.Connections.Timeouts, words);
            return;
        }

        Options options = Options.Read(words);
        switch (verb)
        {
            case "-A":
                ISchedule schedule = Schedulers.Create(options.Scheduler);
                Assert.True(director.Services.Add(new(options.Key, schedule)));
                break;
            case "-E":
                Service(director, options).Change(
                    new ServiceSettings { Scheduler = options.Scheduler },
                    Schedulers.Create(options.Scheduler));
                break;
            case "-D":
                Assert.True(director.Services.Remove(options.Key));
                break;
            case "-C":
                while (director.Services.Count > 0)
                {
                    Assert.True(director.Services.Remove(director.Services[0].Key));
                }

                break;
            case "-a":
                Service(director, options).Add(
                    new(options.Server, options.Method, options.Weight));
                break;
            case "-e":
                Service(director, options).Edit(
                    Server(director, options),
                    new ServerSettings { Method = options.Method, Weight = options.Weight });
                break;
            case "-d":
                Assert.True(Service(director, options).Remove(Server(director, options)));
                director.OnServerRemoved();
                break;
            case "-Z":
                Zero(director, options);
                break;
            default:
                throw new NotSupportedException($"ipvsadm {line}");
        }
    }

    private static VirtualService Service(Director director, Options options)
    {
        VirtualService? service = director.Services.Find(options.Key);
        Assert.NotNull(service);
        return service;
    }

    private static RealServer Server(Director director, Options options)
    {
        RealServer? server = Service(director, options).FindServer(options.Server);
        Assert.NotNull(server);
        return server;
    }

    private static void SetTimeouts(Timeouts timeouts, Queue<string> words)
    {
        timeouts.Tcp = Seconds(words.Dequeue()) ?? timeouts.Tcp;
        timeouts.TcpFin = Seconds(words.Dequeue()) ?? timeouts.TcpFin;
        timeouts.Udp = Seconds(words.Dequeue()) ?? timeouts.Udp;
    }

    private static TimeSpan? Seconds(string word)
    {
        int seconds = int.Parse(word, CultureInfo.InvariantCulture);
        return seconds == 0 ? null : TimeSpan.FromSeconds(seconds);
    }

    private static void Zero(Director director, Options options)
    {
        for (int index = 0; index < director.Services.Count; index++)
        {
            VirtualService service = director.Services[index];
            if (options.Key == default || options.Key == service.Key)
            {
                service.Counters.Clear();
                foreach (RealServer server in service.Servers)
                {
                    server.Counters.Clear();
                }
            }
        }
    }

    private sealed record Options
    {
        private string _server = string.Empty;

        public ServiceKey Key { get; private set; }

        public string Scheduler { get; private set; } = Schedulers.Default;

        public ForwardingMethod Method { get; private set; } = ForwardingMethod.Direct;

        public int Weight { get; private set; } = 1;

        /// <summary>Without a port, or not by NAT: the service's port.</summary>
        public Endpoint Server
        {
            get
            {
                if (!Endpoint.TryParse(_server, out Endpoint endpoint))
                {
                    endpoint = new(IpAddress.Parse(_server.Trim('[', ']')), Key.Port);
                }

                return Method == ForwardingMethod.Nat
                    ? endpoint
                    : endpoint with { Port = Key.Port };
            }
        }

        public static Options Read(Queue<string> words)
        {
            Options options = new();
            while (words.TryDequeue(out string? word))
            {
                options.Read(word, words);
            }

            return options;
        }

        private void Read(string word, Queue<string> words)
        {
            switch (word)
            {
                case "-t":
                    Key = KeyOf(TransportProtocol.Tcp, words.Dequeue());
                    break;
                case "-u":
                    Key = KeyOf(TransportProtocol.Udp, words.Dequeue());
                    break;
                case "-f":
                    uint mark = uint.Parse(words.Dequeue(), CultureInfo.InvariantCulture);
                    Key = new(TransportProtocol.Unknown, IpAddress.FromIpv4(0), 0, mark);
                    break;
                case "-s":
                    Scheduler = words.Dequeue();
                    break;
                case "-r":
                    _server = words.Dequeue();
                    break;
                case "-w":
                    Weight = int.Parse(words.Dequeue(), CultureInfo.InvariantCulture);
                    break;
                case "-m" or "-g" or "-i":
                    Method = word switch
                    {
                        "-m" => ForwardingMethod.Nat,
                        "-g" => ForwardingMethod.Direct,
                        _ => ForwardingMethod.Tunnel,
                    };
                    break;
                default:
                    throw new NotSupportedException($"ipvsadm option {word}");
            }
        }

        private static ServiceKey KeyOf(TransportProtocol protocol, string text)
        {
            Assert.True(Endpoint.TryParse(text, out Endpoint endpoint), text);
            return new(protocol, endpoint.Address, endpoint.Port);
        }
    }
}
