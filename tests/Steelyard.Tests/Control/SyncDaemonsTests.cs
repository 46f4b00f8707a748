using System;
using System.Collections.Generic;
using System.Linq;
using Steelyard.Core.Configuration;
using Steelyard.Core.Connections;
using Steelyard.Core.Control.Services;
using Steelyard.Core.Control.Twin;
using Steelyard.Core.Forwarding;
using Steelyard.Core.Forwarding.Commands;
using Steelyard.Core.Services;
using Steelyard.Core.Time;
using Steelyard.Core.Wire;
using Steelyard.Tests.Sync;

namespace Steelyard.Tests.Control;

public sealed class SyncDaemonsTests
{
    private static readonly ServiceKey Web =
        new(TransportProtocol.Tcp, IpAddress.Parse("10.9.0.1"), 80);

    private static readonly RealServerConfig Other = new()
    {
        Endpoint = new(IpAddress.Parse("fd00:1::b"), 80),
        Settings = new() { Method = ForwardingMethod.Tunnel, Weight = 1 },
    };

    private readonly ControlBox _box = new(1);
    private readonly List<byte[]> _told = [];
    private readonly List<byte[]> _toTwin = [];

    public SyncDaemonsTests()
    {
        _box.Effects.OnSyncMaster = _told.Add;
        _box.Effects.OnDatagram = _toTwin.Add;
    }

    private SyncDaemons Daemons => _box.Controller.Daemons;

    /// <summary>The kernel's numbers for a link of 1,500 bytes.</summary>
    [Theory]
    [InlineData(true, "224.0.0.81", 0, 1472)]
    [InlineData(true, "ff02::81", 0, 1452)]
    [InlineData(false, "224.0.0.81", 0, 1472)]
    [InlineData(true, "224.0.0.81", 1, 1)]
    [InlineData(false, "224.0.0.81", 1, 1024)]
    [InlineData(true, "224.0.0.81", 65_535, 65_507)]
    [InlineData(false, "ff02::81", 65_535, 65_487)]
    public void A_length_is_fitted_as_the_kernel_does(
        bool isMaster, string group, int asked, int length)
    {
        DaemonAnswer answer = Daemons.Start(
            isMaster, Wish(9) with { Group = IpAddress.Parse(group), MaximumLength = asked });

        Assert.Equal(DaemonAnswer.Done, answer);
        Assert.Equal(length, Assert.Single(Daemons.List()).Config.MaximumLength);
    }

    [Fact]
    public void A_master_tells_of_connections_until_it_is_stopped()
    {
        Daemons.Start(true, Wish(9));

        Change(1);
        Daemons.Stop(true);
        Change(2);

        byte[] message = Assert.Single(_told);
        Assert.Equal((9, 44, 1), (message[1], message.Length, message[4]));
        Assert.Empty(_toTwin);
    }

    [Fact]
    public void A_master_that_starts_tells_of_the_connections_that_there_are()
    {
        Daemons.Start(true, Wish(9));
        ConnectionRecord[] records = [.. Enumerable.Range(1, 1000).Select(Record)];

        _box.Controller.OnCollected(records, isWhole: true, _box.Effects.Now);
        Pass(TimeSpan.FromMilliseconds(20));

        Assert.Equal(1000, _told.Sum(message => message[4]));
    }

    [Fact]
    public void A_listing_that_is_not_whole_is_taken_again_and_told_once()
    {
        Daemons.Start(true, Wish(9));
        ConnectionRecord[] records = [.. Enumerable.Range(1, 30).Select(Record)];

        _box.Controller.OnCollected([], isWhole: false, _box.Effects.Now);
        Pass(TimeSpan.FromMilliseconds(99));
        Assert.Equal(1, _box.Effects.Collections);
        Pass(TimeSpan.FromMilliseconds(1));
        Assert.Equal(2, _box.Effects.Collections);
        _box.Controller.OnCollected(records, isWhole: true, _box.Effects.Now);
        _box.Controller.OnCollected(records, isWhole: true, _box.Effects.Now);
        Pass(TimeSpan.FromMilliseconds(200));

        Assert.Equal(30, _told.Sum(message => message[4]));
        Assert.Equal(2, _box.Effects.Collections);
    }

    [Fact]
    public void A_backup_learns_what_a_kernel_of_the_old_protocol_tells()
    {
        Daemons.Start(false, Wish(7));

        // The second message of Data/ipvs/sync/version0.json.
        _box.Controller.OnSyncDatagram(Convert.FromHexString(
            "0107001c00069c4100501f900a0000010a0900010a01000b01000007"));

        Assert.Equal(1, Learnt());
        Assert.Equal(0, Daemons.Refused);
    }

    [Fact]
    public void A_reload_ends_what_commands_have_started()
    {
        Daemons.Start(true, Wish(9));
        Daemons.Start(false, Wish(9));
        Assert.Equal(2, Daemons.List().Length);

        _box.Controller.Configure(ApplianceConfig.Empty, _box.Effects.Now);

        Assert.Empty(Daemons.List());
        Assert.Equal(DaemonAnswer.RunsNot, Daemons.Stop(true));
        Assert.Equal(DaemonAnswer.RunsNot, Daemons.Stop(false));
    }

    [Fact]
    public void The_configured_twin_runs_already_and_a_stop_silences_it_until_the_reload()
    {
        ApplianceConfig config = Configs.Pair(100);
        _box.Controller.Configure(config, _box.Effects.Now);
        Assert.Equal(DaemonAnswer.RunsAlready, Daemons.Start(true, Wish(9)));
        Assert.Equal(DaemonAnswer.RunsAlready, Daemons.Start(false, Wish(9)));

        Assert.Equal(DaemonAnswer.Done, Daemons.Stop(true));
        Assert.Equal(DaemonAnswer.RunsNot, Daemons.Stop(true));
        Change(1);
        Assert.DoesNotContain(_toTwin, IsOfKernel);
        Assert.Equal([false], Daemons.List().Select(daemon => daemon.IsMaster));

        _box.Controller.Configure(config, _box.Effects.Now);
        Change(2);
        Assert.Contains(_toTwin, IsOfKernel);
        Assert.Equal([true, false], Daemons.List().Select(daemon => daemon.IsMaster));
    }

    [Theory]
    [InlineData(true, 1)]
    [InlineData(false, 0)]
    public void The_configured_twin_is_believed_unless_its_learning_was_stopped(
        bool listens, int batches)
    {
        _box.Controller.Configure(Configs.Pair(100), _box.Effects.Now);
        if (!listens)
        {
            Assert.Equal(DaemonAnswer.Done, Daemons.Stop(false));
        }

        _box.Controller.OnTwinDatagram(Message(7), _box.Effects.Now);

        Assert.Equal(batches, Learnt());
    }

    [Theory]
    [InlineData(9, 9, 1)]
    [InlineData(9, 8, 0)]
    [InlineData(0, 8, 1)]
    public void A_backup_learns_what_has_its_syncid_and_takes_all_without_one(
        byte own, byte sent, int batches)
    {
        _box.Controller.OnSyncDatagram(Message(sent));
        Assert.Equal(0, Learnt());
        Daemons.Start(false, Wish(own));

        _box.Controller.OnSyncDatagram(Message(sent));

        Assert.Equal(batches, Learnt());
    }

    [Fact]
    public void A_server_of_the_other_family_and_a_daemon_exclude_each_other()
    {
        ServiceCommands services = _box.Controller.Commands;
        services.AddService(Web, new());
        Daemons.Start(false, Wish(9));
        Assert.Equal(ServiceAnswer.Invalid, services.AddServer(Web, Other));

        Daemons.Stop(false);
        Assert.Equal(ServiceAnswer.Done, services.AddServer(Web, Other));
        Assert.Equal(DaemonAnswer.HasMixedFamilies, Daemons.Start(false, Wish(9)));
        Assert.Empty(Daemons.List());

        services.DeleteServer(Web, Other.Endpoint);
        Assert.Equal(DaemonAnswer.Done, Daemons.Start(false, Wish(9)));
    }

    private static SyncConfig Wish(byte syncId) => new("eth1", syncId) { MaximumLength = 0 };

    private static ConnectionRecord Record(int number) => Pair.Record(number);

    /// <summary>The kernel's messages begin with a zero, and have a one at offset 5.</summary>
    private static bool IsOfKernel(byte[] datagram) => datagram[0] == 0 && datagram[5] == 1;

    /// <summary>As a kernel sent it, but for its syncid.</summary>
    private static byte[] Message(byte syncId)
    {
        byte[] message = Convert.FromHexString(
            "0007002c01010000000600240000008300019c410050005000000000000003840a0000010a090001"
            + "0a01000b");
        message[1] = syncId;
        return message;
    }

    private int Learnt() => _box.Effects.Commands.OfType<LearnConnections>().Count();

    private void Change(int number)
    {
        _box.Controller.OnEngineEvent(
            new(EngineEventKind.ConnectionChanged, 0, default, Record(number)),
            _box.Effects.Now);
        Pass(TimeSpan.FromMilliseconds(2));
    }

    private void Pass(TimeSpan time)
    {
        Instant end = _box.Effects.Now + time;
        VirtualTime.Pass(
            end,
            () => _box.Controller.Deadline,
            now =>
            {
                _box.Effects.Now = now > _box.Effects.Now ? now : _box.Effects.Now;
                _box.Controller.OnDeadline(_box.Effects.Now);
            });
        _box.Effects.Now = end;
    }
}
