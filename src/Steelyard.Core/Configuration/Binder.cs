using System.Collections.Generic;
using System.Linq;
using Steelyard.Core.Invariants;

namespace Steelyard.Core.Configuration;

/// <summary>Gives the statements of a file their meaning.</summary>
internal sealed class Binder
{
    private readonly FaultList _faults;
    private readonly ValueReader _values;
    private readonly GlobalBinding _globals;
    private readonly SyncBinding _sync;
    private readonly OwnBlocksBinding _own;
    private readonly OwnLvsBinding _ownLvs;
    private readonly ServiceNameBinding _serviceNames;
    private readonly List<(Word Name, VirtualRouterConfig Router)> _routers = [];
    private readonly List<(Word Name, VirtualServerConfig Server)> _servers = [];
    private readonly List<SyncGroupConfig> _groups = [];

    // Instances whose faults kept them from being bound: known by name all the same.
    private readonly HashSet<string> _routerNames = [];

    public Binder(FaultList faults, IConfigFiles files)
    {
        _faults = faults;
        _values = new ValueReader(faults);
        _globals = new GlobalBinding(_values);
        _sync = new SyncBinding(_values, files);
        _own = new OwnBlocksBinding(_values);
        _ownLvs = new OwnLvsBinding(_values);
        _serviceNames = new ServiceNameBinding(_values);
    }

    /// <summary>The whole configuration; only worth something when no fault is an error.</summary>
    public ApplianceConfig Bind(IReadOnlyList<Statement> statements, string hostName)
    {
        BlockScope scope = new(Vocabulary.Top, _faults);
        List<Statement> accepted = [.. statements.Where(scope.Accepts)];

        // Defaults first, and names before those who mention them, wherever they stand.
        BindEach(accepted, "global_defs");
        BindEach(accepted, "vrrp_instance");
        BindEach(accepted, "vrrp_sync_group");
        BindEach(accepted, "mark");
        BindEach(accepted, "lvs_settings");
        BindEach(accepted, "source_pool");
        BindEach(accepted, "masquerade");
        BindEach(accepted, "virtual_server_group");
        BindEach(accepted, "virtual_server");
        BindEach(accepted, "sync");
        BindEach(accepted, "panel");
        BindEach(accepted, "telemetry");
        BindEach(accepted, "dashboard");
        CrossChecks.Run(_routers, _servers, _faults);
        LvsCrossChecks.Run(_routers, _servers, _ownLvs, _faults);
        List<VirtualRouterConfig> routers = [.. _routers.Select(bound => bound.Router)];
        return new ApplianceConfig
        {
            BoxName = _globals.BoxName ?? hostName,
            VirtualRouters = ConfigList.From(routers),
            SyncGroups = ConfigList.From(_groups),
            VirtualServers = ConfigList.From(_servers.Select(bound => bound.Server)),
            Sync = _globals.BindSync(routers, _routerNames),
            SyncKeys = _sync.Keys(_globals.SyncPosition),
            Timeouts = _globals.Timeouts,
            MarkRules = ConfigList.From(_ownLvs.Marks),
            LvsSettings = _ownLvs.Settings,
            ConnectionLimit = _globals.ConnectionLimit,
            SourcePool = ConfigList.From(_ownLvs.Pool.Select(bound => bound.Address)),
            Masquerades = ConfigList.From(_ownLvs.Masquerades.Select(bound => bound.Rule)),
            Panel = _own.Panel,
            Telemetry = _own.Telemetry,
            Dashboard = _own.Dashboard,
        };
    }

    /// <summary>
    /// The vocabulary calls a word supported and no binding takes it: our own mistake.
    /// </summary>
    public static void SayUnbound(Statement statement) =>
        Invariant.Holds(false, $"the word '{statement.Keyword.Text}' has no binding");

    private void BindEach(List<Statement> statements, string keyword)
    {
        foreach (Statement statement in statements)
        {
            if (statement.Keyword.Text == keyword)
            {
                BindOne(statement);
            }
        }
    }

    private void BindOne(Statement statement)
    {
        IReadOnlyList<Statement> block = statement.Block ?? [];
        switch (statement.Keyword.Text)
        {
            case "global_defs":
                _values.NoMore(statement, 0);
                _globals.Bind(block);
                break;
            case "vrrp_instance":
                BindRouter(statement);
                break;
            case "vrrp_sync_group":
                BindGroup(statement);
                break;
            case "virtual_server_group":
                _serviceNames.BindGroup(statement);
                break;
            case "virtual_server":
                _servers.AddRange(
                    new VirtualServerBinding(_values, _serviceNames).Bind(statement));
                break;
            case "sync":
                _values.NoMore(statement, 0);
                _sync.Bind(statement);
                break;
            case "mark" or "lvs_settings" or "source_pool" or "masquerade":
                _ownLvs.Bind(statement);
                break;
            default:
                _values.NoMore(statement, 0);
                _own.Bind(statement);
                break;
        }
    }

    private void BindRouter(Statement statement)
    {
        if (_values.Name(statement) is not Word name)
        {
            return;
        }

        if (!_routerNames.Add(name.Text))
        {
            _faults.Error(
                name.Position, $"there are two vrrp_instance {Shown.Text(name.Text)}");
        }

        if (new VirtualRouterBinding(_values, _globals).Bind(statement, name.Text) is { } router)
        {
            _routers.Add((name, router));
        }
    }

    private void BindGroup(Statement statement)
    {
        if (_values.Name(statement) is not Word name)
        {
            return;
        }

        if (_groups.Any(group => group.Name == name.Text))
        {
            _faults.Error(
                name.Position, $"there are two vrrp_sync_group {Shown.Text(name.Text)}");
        }

        List<Word> members = [];
        BlockScope scope = new("vrrp_sync_group", _faults);
        foreach (Statement inner in statement.Block ?? [])
        {
            if (scope.Accepts(inner))
            {
                members.AddRange(MembersOf(inner));
            }
        }

        CheckMembers(statement, members);
        _groups.Add(new(name.Text, ConfigList.From(members.Select(member => member.Text))));
    }

    private static IEnumerable<Word> MembersOf(Statement group) =>
        (group.Block ?? []).SelectMany(line => line.Arguments.Prepend(line.Keyword));

    private void CheckMembers(Statement statement, List<Word> members)
    {
        if (members.Count == 0)
        {
            _faults.Error(
                statement.Position, "a vrrp_sync_group needs 'group { … }' with its instances");
        }

        HashSet<string> taken = [.. _groups.SelectMany(group => group.Members)];
        foreach (Word member in members)
        {
            if (!_routerNames.Contains(member.Text))
            {
                string? near = Spelling.Nearest(
                    member.Text, _routers.Select(bound => bound.Router.Name));
                string hint = near is null ? string.Empty : $"; did you mean '{near}'?";
                _faults.Error(
                    member.Position,
                    $"no vrrp_instance is called '{Shown.Text(member.Text)}'{hint}");
            }
            else if (!taken.Add(member.Text))
            {
                _faults.Error(
                    member.Position, $"'{Shown.Text(member.Text)}' is in a sync group already");
            }
        }
    }
}
