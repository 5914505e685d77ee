public import Console

/// Every panel of the console, in the order of their digits. A new panel is a folder and a line here.
public enum PanelCatalogue {
  public static let all: [PanelEntry] = [
    PanelEntry(PulsePanel.self),
    PanelEntry(SuspectsPanel.self, isTop: false),
    PanelEntry(SuspectPanel.self, isTop: false),
    PanelEntry(QueuesPanel.self),
    PanelEntry(QueuePanel.self, isTop: false),
    PanelEntry(HygienePanel.self, isTop: false),
    PanelEntry(DeadLettersPanel.self),
    PanelEntry(DeadListPanel.self, isTop: false),
    PanelEntry(DeadLetterPanel.self, isTop: false),
    PanelEntry(WorkersPanel.self),
    PanelEntry(WorkerPanel.self, isTop: false),
    PanelEntry(DatabasePanel.self),
    PanelEntry(StatementsPanel.self, isTop: false),
    PanelEntry(LocksPanel.self, isTop: false),
    PanelEntry(PlanPanel.self, isTop: false),
    PanelEntry(SessionPanel.self, isTop: false),
    PanelEntry(StatementPanel.self, isTop: false),
    PanelEntry(ConnectionsPanel.self, isTop: false),
    PanelEntry(HealthPanel.self, isTop: false),
    PanelEntry(RuntimesPanel.self),
    PanelEntry(HostPanel.self, isTop: false),
    PanelEntry(CostPanel.self, isTop: false),
    PanelEntry(RuntimePanel.self, isTop: false),
    PanelEntry(InsidePanel.self, isTop: false),
    PanelEntry(RunbooksPanel.self),
    PanelEntry(RunsPanel.self, isTop: false),
    PanelEntry(RunPanel.self, isTop: false),
    PanelEntry(AlertsPanel.self),
    PanelEntry(SilencesPanel.self, isTop: false),
    PanelEntry(AlertPanel.self, isTop: false),
    PanelEntry(AuditPanel.self),
    PanelEntry(AuditRecordPanel.self, isTop: false),
  ]
}
